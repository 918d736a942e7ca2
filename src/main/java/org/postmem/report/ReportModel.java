package org.postmem.report;

import java.util.List;
import java.util.Map;

/**
 * Everything the page says, printed and in order: a template adds no number and no word of its own. Strings are plain
 * text, the template escapes them. Components that do not apply are {@code null}.
 *
 * @param texts the page's own words by key
 * @param index one line a capture, worst first; empty when there is one only
 * @param data what the script draws from, JSON that is safe inside a script element
 */
public record ReportModel(
        String language,
        String title,
        Map<String, String> texts,
        VerdictCard verdict,
        List<IndexRow> index,
        List<Host> hosts,
        List<Origin> provenance,
        String style,
        String script,
        String styleHash,
        String scriptHash,
        String data) {

    /**
     * A line of the provenance.
     *
     * @param command is it one to copy?
     */
    public record Origin(String name, String value, boolean command) {}

    /** A name and what it is, with the exact value to point at. */
    public record Fact(String name, String value, String exact) {}

    /**
     * The answer, before anything else.
     *
     * @param tone bad, warn, info or ok
     * @param lines sentences below the headline
     */
    public record VerdictCard(
            String tone,
            String label,
            String headline,
            List<String> lines,
            List<Tile> tiles,
            Command next,
            String link) {}

    /**
     * A capture among many.
     *
     * @param lost change of MemAvailable from its first snapshot to its last
     */
    public record IndexRow(
            String anchor,
            String tone,
            String toneLabel,
            String host,
            String says,
            Fact lost,
            Fact left,
            String span) {}

    /** One number that proves the verdict. */
    public record Tile(String label, String value, String exact, Spark spark, String source, String alternative) {}

    /** A command to copy; the note says what it costs. */
    public record Command(String intro, String line, String note) {}

    /**
     * A small line drawn in a box of 100 × 24.
     *
     * @param path an SVG path
     * @param alternative the same in words
     */
    public record Spark(String path, String alternative) {}

    /**
     * The host's own longer history as a line.
     *
     * @param labels of the time axis, at percent from the left
     */
    public record History(String caption, String top, Spark spark, List<Tick> labels) {}

    /** One capture: its header, its path and its chapters; {@code id} prefixes the anchors. */
    public record Host(
            String id,
            List<Fact> header,
            String state,
            String stateTone,
            List<Stop> path,
            Chart chart,
            List<Chapter> chapters,
            List<FindingView> findings,
            List<FindingView> healthy,
            List<FindingView> notApplicable,
            List<Table> quality) {}

    /** One station of the path. */
    public record Stop(String anchor, String tone, String toneLabel, String title, String line) {}

    /**
     * The balance sheet over time.
     *
     * @param bands from the bottom to the top
     * @param index which capture of the data block the script draws
     */
    public record Chart(
            int index,
            String title,
            String alternative,
            String lead,
            String note,
            List<Band> bands,
            List<Tick> yTicks,
            List<Tick> xTicks,
            List<Mark> marks,
            Waterfall waterfall,
            Heat heat) {}

    /**
     * Time × owner.
     *
     * @param stretches how many columns
     * @param open how many rows are shown before the rest is asked for
     * @param sql what the rows are read with
     */
    public record Heat(
            int stretches, List<HeatRow> rows, int open, String more, String note, List<Tick> ticks, String sql) {}

    /** One owner in a box of stretches × 1. */
    public record HeatRow(
            String owner,
            String bucket,
            boolean hot,
            List<HeatPath> paths,
            String growth,
            String growthExact,
            String peak,
            String peakExact) {}

    /** The stretches of one level, 1 the palest and 7 the darkest, as an SVG path. */
    public record HeatPath(int level, String d) {}

    /** One area of the chart; the value is that of the last snapshot. */
    public record Band(
            String id, String label, String cssClass, String path, String value, String exact, boolean hot) {}

    /** A label on an axis, at percent from the left or from the top. */
    public record Tick(String at, String label) {}

    /**
     * Something that happened: a line, or a bar where it lasted.
     *
     * @param wideOnly on a narrow screen its label would lie on another
     */
    public record Mark(String at, String width, String kind, String label, String anchor, String y, boolean wideOnly) {}

    /** Growth between two moments by owner; the bars begin where the one before ended. */
    public record Waterfall(String title, List<Bar> bars, String sum) {}

    public record Bar(String label, String value, String exact, String x, String width, String cssClass) {}

    /** One step of the path: what it shows here, how to read it, the numbers. */
    public record Chapter(
            String anchor,
            String title,
            String subtitle,
            String tone,
            String lead,
            String reading,
            List<FindingLink> findings,
            List<Command> commands,
            History history,
            Flame flame,
            List<Table> tables) {}

    /**
     * Stacks as boxes, the outermost function at the top.
     *
     * @param pixels how high it is
     */
    public record Flame(String title, String alternative, String reading, int pixels, List<Box> boxes) {}

    /** One function within a stack, at percent from the left and pixels from the top. */
    public record Box(String x, String width, int y, String label, String title, String cssClass) {}

    public record FindingLink(String anchor, String tone, String id, String title) {}

    /**
     * Rows as a classic tool prints them.
     *
     * @param open how many rows are shown before the rest is asked for
     * @param absent why there is nothing to show, {@code null} when there is
     */
    public record Table(
            String id,
            String caption,
            List<Column> columns,
            List<Row> rows,
            int open,
            String more,
            String note,
            String absent,
            String sql,
            String members,
            Seals seals) {}

    public record Column(String title, String note, String cssClass, String sort) {}

    public record Row(List<Cell> cells, String cssClass, String finding) {}

    public record Cell(String text, String exact, String sort, String cssClass, Spark spark) {}

    public record FindingView(
            String anchor,
            String id,
            String tone,
            String severity,
            int score,
            String title,
            String explanation,
            List<String> advice,
            List<String> commands,
            List<Fact> facts,
            List<Proof> evidence) {}

    /**
     * What a number rests on.
     *
     * @param seals the segments the members lie in, {@code null} when that is not known
     * @param rows what the statement gives, {@code null} when nothing
     */
    public record Proof(String sql, String members, Seals seals, EvidenceRows rows) {}

    /**
     * The segments of the archive some members lie in.
     *
     * @param more says how many are not named here, {@code null} when all are
     * @param anchor of the table that names all
     */
    public record Seals(List<Seal> named, String more, String anchor) {}

    public record Seal(String label, String sha256) {}

    /**
     * Rows of a statement, raw.
     *
     * @param between says after how many rows some are left out, -1 when none are
     */
    public record EvidenceRows(List<String> columns, List<List<String>> rows, int between, String left) {}
}
