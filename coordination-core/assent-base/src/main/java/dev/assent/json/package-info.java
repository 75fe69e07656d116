/**
 * JSON (RFC 8259) as the admin API, the operators' commands and the flight recorder write and read it: one writer and one
 * reader. Whoever writes says what his own types look like ({@link dev.assent.json.JsonWriter.Form}).
 *
 * <p>The invariant: what is written can be read by anybody, and what is read is bounded in depth; the caller bounds its
 * length.
 */
@NullMarked
package dev.assent.json;

import org.jspecify.annotations.NullMarked;
