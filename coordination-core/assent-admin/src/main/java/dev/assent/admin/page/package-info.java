/**
 * The console: the files of a page for people, served as they are from the class path. The page knows what the admin API
 * tells it and nothing else, and everything it is made of comes from here: browsers are told to run and to load nothing of
 * anybody else's. What is served is listed; no path of a request is ever looked up anywhere.
 */
@NullMarked
package dev.assent.admin.page;

import org.jspecify.annotations.NullMarked;
