package dev.assent.admin.view;

/**
 * Who may do what.
 *
 * @param id as the store knows it; of a digest its user only
 * @param permissions letters of {@code cdrwa}
 */
public record ZnodeAcl(String scheme, String id, String permissions) {}
