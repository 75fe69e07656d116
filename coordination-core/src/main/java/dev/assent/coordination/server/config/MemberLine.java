package dev.assent.coordination.server.config;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.server.config.MemberConfig.ClientAddress;
import dev.assent.coordination.server.config.MemberConfig.Voting;
import dev.assent.settings.SettingLine;
import dev.assent.settings.SettingsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the value of a {@code server.N} line; an IPv6 host stands in square brackets. */
final class MemberLine {
    static final String PREFIX = "server.";
    private static final String FORM = "give host:port1:port2[:participant|:observer][;[address:]clientPort]";

    private final SettingLine line;

    private MemberLine(SettingLine line) {
        this.line = line;
    }

    static MemberConfig parse(SettingLine line) throws SettingsException {
        return new MemberLine(line).member();
    }

    private MemberConfig member() throws SettingsException {
        if (line.value().indexOf('|') >= 0) {
            throw line.wrong("several addresses per server are not supported; give one");
        }
        int semicolon = line.value().indexOf(';');
        String quorum = semicolon < 0 ? line.value() : line.value().substring(0, semicolon);
        List<String> parts = split(quorum);
        if (parts.size() < 3 || parts.size() > 4 || parts.get(0).isBlank()) {
            throw line.wrong(FORM);
        }
        return new MemberConfig(
                id(),
                parts.get(0),
                line.number(parts.get(1), 0, 65_535),
                line.number(parts.get(2), 0, 65_535),
                parts.size() == 4 ? voting(parts.get(3)) : Voting.PARTICIPANT,
                semicolon < 0
                        ? Optional.empty()
                        : Optional.of(client(line.value().substring(semicolon + 1))));
    }

    private ServerId id() throws SettingsException {
        String number = line.key().substring(PREFIX.length());
        try {
            int id = Integer.parseInt(number);
            if (id >= 1 && id <= 255) {
                return new ServerId(id);
            }
        } catch (NumberFormatException e) {
            throw line.wrong("'" + number + "' is not a server id; give server.N with N in 1..255");
        }
        throw line.wrong("server id " + number + " is outside 1..255");
    }

    private Voting voting(String role) throws SettingsException {
        return switch (role) {
            case "participant" -> Voting.PARTICIPANT;
            case "observer" -> Voting.OBSERVER;
            default -> throw line.wrong("role '" + role + "' is neither participant nor observer");
        };
    }

    private ClientAddress client(String text) throws SettingsException {
        List<String> parts = split(text);
        if (parts.size() > 2) {
            throw line.wrong(FORM);
        }
        int port = line.number(parts.get(parts.size() - 1), 0, 65_535);
        return new ClientAddress(parts.size() == 2 ? Optional.of(parts.get(0)) : Optional.empty(), port);
    }

    /** At the colons outside square brackets; the brackets go. */
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        boolean bracketed = false;
        for (int i = 0; i <= text.length(); i++) {
            char at = i == text.length() ? ':' : text.charAt(i);
            bracketed = at == '[' || (bracketed && at != ']');
            if (at == ':' && (!bracketed || i == text.length())) {
                parts.add(text.substring(start, i)
                        .replace("[", "")
                        .replace("]", "")
                        .strip());
                start = i + 1;
            }
        }
        return parts;
    }
}
