package org.postmem.collector.cli;

import picocli.CommandLine.IVersionProvider;

/** The version, as the jar's manifest says it. */
public final class CollectorVersion implements IVersionProvider {
    /** {@code "development"} for classes that come from no jar. */
    public static String text() {
        String version = CollectorVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"postmem-collector " + text()};
    }
}
