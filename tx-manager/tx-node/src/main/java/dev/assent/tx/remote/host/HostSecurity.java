package dev.assent.tx.remote.host;

import dev.assent.tx.remote.GrpcSecurity;

/**
 * Who may call a node, and do what there.
 *
 * @param grpc what it shows, and whom it trusts
 * @param rules what services may do
 */
public record HostSecurity(GrpcSecurity grpc, AgentRules rules) {}
