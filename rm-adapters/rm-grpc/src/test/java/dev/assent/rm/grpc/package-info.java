@NullMarked
package dev.assent.rm.grpc;

import org.jspecify.annotations.NullMarked;
