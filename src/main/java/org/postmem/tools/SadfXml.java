package org.postmem.tools;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;

// <timestamp date="2026-11-22" time="21:02:31" utc="1" interval="1">
//   <memory per="second" unit="kB"> <memfree>19624144</memfree> <avail>20434272</avail> …

/**
 * What {@code sadf -x} prints, which sosreport keeps as {@code saDD.xml}. Neither entities nor a document type outside
 * the text are looked at.
 */
public final class SadfXml {
    private static final Set<String> GROUPS =
            Set.of("memory", "hugepages", "kernel", "queue", "swap-pages", "paging", "psi-cpu", "psi-io", "psi-mem");

    private final Map<String, Reading.Draft> drafts = new TreeMap<>();
    private final SarColumns columns = new SarColumns();
    private Banner banner = Banner.NONE;
    private Reading.Draft draft;
    private Map<String, String> cells;
    private String group = "";

    private SadfXml() {}

    public static Parsed<ToolText> parse(byte[] text) {
        SadfXml xml = new SadfXml();
        List<ParseIssue> issues = new ArrayList<>();
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        // What is wrong becomes an issue; the reader would write to stderr as well.
        factory.setXMLReporter((message, type, related, location) -> {});
        try {
            XMLStreamReader reader =
                    factory.createXMLStreamReader(new StringReader(new String(text, StandardCharsets.UTF_8)));
            StringBuilder content = new StringBuilder();
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    content.setLength(0);
                    xml.start(reader);
                } else if (event == XMLStreamConstants.CHARACTERS && content.length() < 1000) {
                    content.append(reader.getText());
                } else if (event == XMLStreamConstants.END_ELEMENT) {
                    xml.end(reader.getLocalName(), content.toString().strip());
                    content.setLength(0);
                }
            }
        } catch (XMLStreamException e) {
            issues.add(new ParseIssue(
                    e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getLineNumber()),
                    0,
                    "the XML ends, or breaks, here; what stands before it was read",
                    ""));
        }
        xml.columns.finish();
        return new Parsed<>(
                new ToolText(
                        xml.banner,
                        xml.drafts.values().stream().map(Reading.Draft::done).toList()),
                issues);
    }

    private void start(XMLStreamReader reader) {
        String name = reader.getLocalName();
        switch (name) {
            case "host" -> banner = new Banner(reader.getAttributeValue(null, "nodename"), null, null, null, null);
            case "timestamp", "boot" -> {
                draft = draft(reader);
                if (draft != null && name.equals("boot")) {
                    draft.restart = true;
                }
                cells = SadfNames.cells();
            }
            default -> {
                group = GROUPS.contains(name) ? name : group;
                if (cells != null && GROUPS.contains(name)) {
                    attributes(reader, name);
                } else if (cells != null && (name.equals("some") || name.equals("full")) && group.startsWith("psi-")) {
                    attributes(reader, group);
                }
            }
        }
    }

    private void attributes(XMLStreamReader reader, String of) {
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            SadfNames.add(of, reader.getAttributeLocalName(i), reader.getAttributeValue(i), cells);
        }
    }

    private void end(String name, String content) {
        switch (name) {
            case "release", "machine" ->
                banner = new Banner(
                                null,
                                name.equals("release") ? content : null,
                                name.equals("machine") ? content : null,
                                null,
                                null)
                        .or(banner);
            case "timestamp" -> {
                if (draft != null) {
                    columns.row(cells, draft);
                }
                draft = null;
                cells = null;
            }
            case "boot" -> {
                draft = null;
                cells = null;
            }
            default -> {
                if (GROUPS.contains(name)) {
                    group = "";
                } else if (cells != null && !group.isEmpty() && Amount.fraction(content) != null) {
                    SadfNames.add(group, name, content, cells);
                }
            }
        }
    }

    private Reading.Draft draft(XMLStreamReader reader) {
        String date = reader.getAttributeValue(null, "date");
        String time = reader.getAttributeValue(null, "time");
        String zone = reader.getAttributeValue(null, "tz");
        if (zone == null) {
            zone = "1".equals(reader.getAttributeValue(null, "utc")) ? "UTC" : "";
        }
        Stamp stamp = date == null || time == null ? null : SadfText.stamp(date, time, zone);
        return stamp == null ? null : drafts.computeIfAbsent(date + time + zone, key -> new Reading.Draft(stamp));
    }
}
