package org.postmem.collector.cli;

import picocli.CommandLine.IVersionProvider;

/** The version, as the module of a run-time image or the jar's manifest says it. */
public final class CollectorVersion implements IVersionProvider {
    /** {@code "development"} for classes that come from no jar. */
    public static String text() {
        Module module = CollectorVersion.class.getModule();
        String version = module.isNamed()
                ? module.getDescriptor().rawVersion().orElse(null)
                : CollectorVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"postmem-collector " + text()};
    }
}
