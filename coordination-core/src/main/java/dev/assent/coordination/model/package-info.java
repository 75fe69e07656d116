/**
 * The nouns of the znode store: identifiers, positions and opaque bytes, as immutable values.
 *
 * <p>Everybody may import this package; it imports nothing of ours. A value that exists is valid: constructors
 * reject what cannot be.
 */
@NullMarked
package dev.assent.coordination.model;

import org.jspecify.annotations.NullMarked;
