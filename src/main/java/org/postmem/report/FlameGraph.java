package org.postmem.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Stacks with what they hold, as boxes: the outermost function at the top, as wide as all that its callees hold. Boxes
 * that nobody could see are left out; they stay in the sums.
 */
final class FlameGraph {
    static final int ROW_PIXELS = 19;
    private static final int MOST_ROWS = 32;
    private static final int MOST_BOXES = 600;
    /** Of the whole width: half a pixel on a wide screen. */
    private static final double NARROWEST = 0.0005;

    private static final int COLOURS = 5;

    private static final class Node {
        private final Map<String, Node> callees = new TreeMap<>();
        private double bytes;
        private boolean growing;
    }

    private FlameGraph() {}

    /**
     * Of the stacks that were attached to a capture.
     *
     * @return {@code null} when there are none
     */
    static ReportModel.Flame of(CaseRows rows, int captureId, Printing printing) {
        List<Map<String, Object>> stacks = rows.rows("SELECT * FROM path_flame WHERE capture_id = " + captureId
                + " ORDER BY weight_bytes DESC, stack LIMIT 2000");
        Node root = new Node();
        for (Map<String, Object> row : stacks) {
            if (row.get("weight_bytes") instanceof Number weight && weight.doubleValue() > 0) {
                add(
                        root,
                        String.valueOf(row.get("stack")),
                        weight.doubleValue(),
                        Boolean.TRUE.equals(row.get("growing")));
            }
        }
        if (root.bytes <= 0) {
            return null;
        }
        Texts texts = printing.texts();
        Map<String, Object> first = stacks.get(0);
        String what = Boolean.TRUE.equals(first.get("grown")) ? "grown" : "held";
        List<ReportModel.Box> boxes = new ArrayList<>();
        int rowsUsed = lay(root, texts.text("flame.all"), 0, 0, root.bytes, printing, boxes, 0);
        String source = String.valueOf(first.get("run"));
        return new ReportModel.Flame(
                texts.text("flame." + what).replace("{source}", source),
                texts.counted("flame.alternative", stacks.size()).replace("{bytes}", Quantity.bytes(root.bytes)),
                texts.text("flame.reading"),
                rowsUsed * ROW_PIXELS,
                boxes);
    }

    private static void add(Node root, String stack, double bytes, boolean growing) {
        Node at = root;
        at.bytes += bytes;
        int depth = 0;
        for (String frame : stack.split(";", -1)) {
            if (++depth >= MOST_ROWS) {
                break;
            }
            at = at.callees.computeIfAbsent(frame, name -> new Node());
            at.bytes += bytes;
            at.growing |= growing;
        }
    }

    /** Lays a node and what it called below it; returns how many rows are used. */
    private static int lay(
            Node node,
            String name,
            int row,
            double from,
            double all,
            Printing printing,
            List<ReportModel.Box> boxes,
            int used) {
        if (node.bytes / all < NARROWEST || boxes.size() >= MOST_BOXES) {
            return used;
        }
        String amount = Quantity.bytes(node.bytes);
        boxes.add(new ReportModel.Box(
                percent(from / all),
                percent(node.bytes / all),
                row * ROW_PIXELS,
                name,
                name + ": " + amount + " (" + percent(node.bytes / all) + ", " + printing.exact("_bytes", node.bytes)
                        + ")",
                node.growing ? "g" : row == 0 ? "r" : "f" + Math.floorMod(name.hashCode(), COLOURS)));
        int rows = Math.max(used, row + 1);
        double at = from;
        for (Map.Entry<String, Node> callee : node.callees.entrySet()) {
            rows = lay(callee.getValue(), callee.getKey(), row + 1, at, all, printing, boxes, rows);
            at += callee.getValue().bytes;
        }
        return rows;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f%%", 100 * share);
    }
}
