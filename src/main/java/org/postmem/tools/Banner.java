package org.postmem.tools;

/**
 * Whose text it is; {@code null} where the text does not say.
 *
 * @param kernel release, as {@code uname -r}
 * @param version of the tool
 */
public record Banner(String host, String kernel, String machine, Integer cpus, String version) {
    static final Banner NONE = new Banner(null, null, null, null, null);

    /** This, and what only the other one knows. */
    public Banner or(Banner other) {
        return new Banner(
                host == null ? other.host : host,
                kernel == null ? other.kernel : kernel,
                machine == null ? other.machine : machine,
                cpus == null ? other.cpus : cpus,
                version == null ? other.version : version);
    }
}
