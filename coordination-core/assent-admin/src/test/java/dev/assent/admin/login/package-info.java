@NullMarked
package dev.assent.admin.login;

import org.jspecify.annotations.NullMarked;
