/**
 * What happens in a process of ours, told as it happens: one family of records, one stream, for whoever wants to show,
 * count or keep it.
 *
 * <p>The shells tell ({@link dev.assent.event.EventStream#tell}); metrics, pages and logs of events subscribe. The
 * invariant: telling never waits, costs nothing while nobody listens, and changes nothing; who listens too slowly misses
 * events and is told how many. So no event is evidence of anything: the store, the databases and the logs are. All names
 * are text here, because who listens knows none of the modules that tell.
 */
@NullMarked
package dev.assent.event;

import org.jspecify.annotations.NullMarked;
