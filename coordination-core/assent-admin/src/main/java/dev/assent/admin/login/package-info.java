/**
 * Who may use the admin API: tokens, their roles, and what a request must bring so that nobody else's page can send it.
 *
 * <p>{@link dev.assent.admin.login.Gate} judges each request by its head alone, before anything of it is carried out; {@code
 * dev.assent.admin} asks it and obeys. Invariants: whatever is missing denies; a token is compared in constant time, is known
 * by its digest only, and never stands in a log or an answer; nothing acts without a token whose role is to operate; and what
 * strangers send costs bounded memory and a few lines in the log.
 */
@NullMarked
package dev.assent.admin.login;

import org.jspecify.annotations.NullMarked;
