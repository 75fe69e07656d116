/**
 * What the admin API shows, as records: a field of the JSON for each component, absent where there is nothing. They are
 * described in {@code docs/admin-api.yaml}, and a test holds the two against each other; fields are added, never renamed.
 */
@NullMarked
package dev.assent.admin.view;

import org.jspecify.annotations.NullMarked;
