// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A server of Java applications; its only argument is a file of {@code key=value} lines.
 *
 * <p>Every {@code every_s} seconds an application of {@code classes} classes is deployed anew, by a loader of its own. The one before
 * it registered a driver with the server and does not take it back, so that neither its loader nor its classes can go. Beside that
 * {@code heap_kb} a second of answers are dropped at once; {@code log} (ledger: uptime, kB of metaspace, applications).
 */
public final class Deployments {
    private static final String TEMPLATE = "Handler0000";

    private static final List<Object> DRIVERS = new ArrayList<>();

    private static long answered;

    public static void main(String[] args) throws Exception {
        Properties config = new Properties();
        config.load(Files.newBufferedReader(Path.of(args[0])));
        double everySeconds = Double.parseDouble(config.getProperty("every_s", "10"));
        int classes = Integer.parseInt(config.getProperty("classes", "500"));
        double heapKb = Double.parseDouble(config.getProperty("heap_kb", "2048"));
        Ledger ledger = new Ledger(config.getProperty("log", ""));
        MemoryPoolMXBean metaspace = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .findFirst()
                .orElseThrow();
        String template;
        try (InputStream in = Deployments.class.getResourceAsStream("Deployments$" + TEMPLATE + ".class")) {
            template = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
        long start = System.nanoTime();
        long served = 0;
        while (true) {
            double seconds = (System.nanoTime() - start) / 1e9;
            if (DRIVERS.size() * everySeconds <= seconds) {
                DRIVERS.add(new Application(template).deploy(classes));
            }
            for (; served < seconds * heapKb; served++) {
                answered += "x".repeat(900).length();
            }
            if (ledger.isDue(seconds)) {
                ledger.line(seconds, metaspace.getUsage().getUsed() / 1024, DRIVERS.size());
            }
            Thread.sleep(100);
        }
    }

    /** The loader of one application: its classes are one class under many names of the same length. */
    private static final class Application extends ClassLoader {
        private final String template;

        Application(String template) {
            this.template = template;
        }

        Object deploy(int classes) throws ReflectiveOperationException {
            Object driver = null;
            for (int i = 1; i <= classes; i++) {
                byte[] code =
                        template.replace(TEMPLATE, String.format("Handler%04d", i)).getBytes(StandardCharsets.ISO_8859_1);
                driver = defineClass(null, code, 0, code.length)
                        .getDeclaredConstructor()
                        .newInstance();
            }
            return driver;
        }
    }

    /** What an application consists of: a handler of requests. */
    public static final class Handler0000 {
        private final StringBuilder page = new StringBuilder();

        public Handler0000() {}

        public String list(List<String> orders, int from, int to) {
            page.append("<ul class=\"orders\">");
            for (String order : orders.subList(from, to)) {
                page.append("<li>").append(order).append("</li>");
            }
            return page.append("</ul>").toString();
        }

        public String search(List<String> orders, String wanted) {
            for (String order : orders) {
                if (order.contains(wanted)) {
                    return order;
                }
            }
            return "nothing found for " + wanted;
        }

        public double total(List<String> orders, double rate) {
            double sum = 0;
            for (String order : orders) {
                try {
                    sum += Double.parseDouble(order) * (1 + rate / 100);
                } catch (NumberFormatException e) {
                    page.append("not a number: ").append(order);
                }
            }
            return sum;
        }

        public List<String> sorted(List<String> orders) {
            List<String> copy = new ArrayList<>(orders);
            copy.sort((first, second) -> second.compareTo(first));
            copy.removeIf(String::isEmpty);
            return copy;
        }

        public String escape(String text) {
            return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
        }
    }
}
