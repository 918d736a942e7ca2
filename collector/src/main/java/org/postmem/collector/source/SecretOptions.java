package org.postmem.collector.source;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Finds secrets that follow an option, word by word: {@code --token x} of any program, and what only some take for a
 * password, like {@code -px} of MySQL's tools or {@code -p x} of sshpass. The program is the one named last before it, so
 * that {@code sudo mysql -px} and what a shell is given behind {@code -c} are found as well.
 */
final class SecretOptions {
    /**
     * What a program takes.
     *
     * @param next letters of options whose secret is the next word
     * @param attached those whose secret stands in the same word
     * @param special what else there is to know of it
     */
    private record Tool(String next, String attached, Special special) {}

    private enum Special {
        NOTHING,
        /** Takes user and password in one word. */
        USER,
        /** Takes a password only behind a word "login". */
        LOGIN,
        /** {@code user/password@database} as a word. */
        ORACLE,
        /** {@code mysqladmin password x}. */
        MYSQL
    }

    private static final Tool NO_TOOL = new Tool("", "", Special.NOTHING);
    private static final Tool MYSQL = new Tool("", "p", Special.MYSQL);
    private static final Tool ORACLE = new Tool("", "", Special.ORACLE);
    private static final Map<String, Tool> TOOLS = tools();
    private static final int LONGEST_TOOL = 24;

    private final SecretNames names = new SecretNames();
    private Tool tool = NO_TOOL;
    private boolean login;
    private boolean secretNext;
    private boolean userNext;

    private static Map<String, Tool> tools() {
        Map<String, Tool> tools = new HashMap<>();
        name(
                tools,
                new Tool("", "", Special.USER),
                "curl wget http https xh lftp smbclient rpcclient smbget winexe net");
        name(
                tools,
                new Tool("p", "p", Special.NOTHING),
                "sshpass cqlsh mongo mongosh mongodump mongorestore mongoexport");
        name(tools, new Tool("p", "p", Special.NOTHING), "mongoimport mongostat mongotop");
        name(tools, new Tool("P", "P", Special.NOTHING), "sqlcmd bcp isql osql tsql zip unzip ipmitool");
        name(tools, new Tool("P", "", Special.NOTHING), "mosquitto_pub mosquitto_sub");
        name(tools, new Tool("a", "", Special.NOTHING), "redis-cli redis-benchmark valkey-cli keydb-cli");
        name(
                tools,
                new Tool("w", "w", Special.NOTHING),
                "ldapsearch ldapmodify ldapadd ldapdelete ldappasswd ldapwhoami");
        name(tools, new Tool("", "p", Special.NOTHING), "7z 7za 7zr 7zz rar unrar");
        name(
                tools,
                new Tool("cAX", "", Special.NOTHING),
                "snmpget snmpgetnext snmpwalk snmpbulkwalk snmpset snmptable");
        name(tools, new Tool("kK", "", Special.NOTHING), "openssl");
        name(tools, new Tool("p", "", Special.LOGIN), "docker podman buildah skopeo nerdctl helm oc az crane");
        // their -p is a port
        name(tools, NO_TOOL, "ssh scp sftp autossh mosh rsync nc ncat nmap");
        name(tools, MYSQL, "mytop innotop");
        name(tools, ORACLE, "sqlplus sqlldr exp imp expdp impdp rman");
        return Map.copyOf(tools);
    }

    private static void name(Map<String, Tool> tools, Tool tool, String programs) {
        for (String program : programs.split(" ", -1)) {
            tools.put(program, tool);
        }
    }

    /** As {@link String#indexOf(int)}, of a part: a look to the end of all for each word would take too long. */
    private static int indexOf(String text, char c, int from, int to) {
        for (int at = from; at < to; at++) {
            if (text.charAt(at) == c) {
                return at;
            }
        }
        return -1;
    }

    /** Takes a command line from its first word to its last, arguments ended by NUL. */
    void find(String text, SecretRanges found) {
        tool = NO_TOOL;
        login = false;
        secretNext = false;
        userNext = false;
        boolean shell = false;
        for (int from = 0; from < text.length(); ) {
            int to = text.indexOf('\0', from);
            to = to < 0 ? text.length() : to;
            argument(text, from, to, shell, found);
            shell = isShellCommand(text, from, to);
            from = to + 1;
        }
    }

    /** {@code -c}, {@code -lc}. */
    private static boolean isShellCommand(String text, int from, int to) {
        return to - from > 1
                && to - from < 6
                && text.charAt(from) == '-'
                && text.charAt(from + 1) != '-'
                && text.charAt(to - 1) == 'c';
    }

    /** @param shell is it a command for a shell? Then a secret in it ends with its word */
    private void argument(String text, int from, int to, boolean shell, SecretRanges found) {
        if (secretNext && from < to && !text.startsWith("--", from)) {
            secretNext = false;
            found.add(from, to);
            return;
        }
        int sign = indexOf(text, '=', from, to);
        boolean assigned = from > 0 && !shell && sign > from && sign + 1 < to && isName(text, from, sign);
        if (assigned && names.isSecret(text, from, sign)) {
            found.add(sign + 1, to);
            secretNext = false;
            userNext = false;
            return;
        }
        int at = from;
        do {
            int end = at;
            char quote = end < to && (text.charAt(end) == '"' || text.charAt(end) == '\'') ? text.charAt(end) : 0;
            if (quote != 0) {
                int closed = indexOf(text, quote, at + 1, to);
                end = closed < 0 ? to : closed + 1;
            }
            while (end < to && text.charAt(end) > ' ') {
                end++;
            }
            if (end > at || from == to) {
                word(text, at, end, found);
            }
            at = end + 1;
        } while (at < to);
    }

    private static boolean isName(String text, int from, int to) {
        for (int at = from; at < to; at++) {
            if (!SecretNames.isPart(text.charAt(at))) {
                return false;
            }
        }
        return true;
    }

    private void word(String text, int from, int to, SecretRanges found) {
        boolean secret = secretNext && !text.startsWith("--", from);
        boolean user = userNext;
        secretNext = false;
        userNext = false;
        if (secret) {
            found.add(from, to);
        } else if (user) {
            userAndPassword(text, from, to, found);
        } else if (to - from > 1 && text.charAt(from) == '-') {
            option(text, from, to, found);
        } else {
            program(text, from, to, found);
        }
    }

    private void option(String text, int from, int to, SecretRanges found) {
        boolean plain = isName(text, from, to);
        if (plain && names.isSecret(text, from, to) && !text.startsWith("--no-", from)) {
            secretNext = true;
            return;
        }
        if (tool.special() == Special.LOGIN && !login) {
            return;
        }
        char letter = text.charAt(from + 1);
        if (to - from == 2) {
            secretNext = tool.next().indexOf(letter) >= 0;
        } else if (tool.attached().indexOf(letter) >= 0) {
            found.add(from + 2, to);
            return;
        }
        if (tool.special() == Special.USER) {
            user(text, from, to, found);
        }
    }

    /** {@code -u x:y}, {@code -sSu x:y}, {@code -ux:y}, {@code --user x:y}, {@code --user=x:y}. */
    private void user(String text, int from, int to, SecretRanges found) {
        String option = text.substring(from, Math.min(to, from + LONGEST_TOOL));
        if (option.startsWith("--")) {
            int sign = option.indexOf('=');
            String name = sign < 0 ? option : option.substring(0, sign);
            if (name.equals("--user") || name.equals("--proxy-user") || name.equals("--auth")) {
                userNext = sign < 0;
                if (sign > 0) {
                    userAndPassword(text, from + sign + 1, to, found);
                }
            }
        } else if (option.matches("-[A-Za-z]*[uUa]")) {
            userNext = true;
        } else if (option.startsWith("-u") || option.startsWith("-U")) {
            userAndPassword(text, from + 2, to, found);
        }
    }

    /** {@code user:password}, {@code user%password} of Samba, {@code user,password} of lftp; {@code key:} with nothing behind. */
    private static void userAndPassword(String text, int from, int to, SecretRanges found) {
        for (int at = from; at < to; at++) {
            char c = text.charAt(at);
            if (c == ':' || c == '%' || c == ',') {
                boolean nothing = at + 1 == to;
                found.add(nothing ? from : at + 1, nothing ? at : to);
                return;
            }
        }
    }

    private void program(String text, int from, int to, SecretRanges found) {
        if (tool.special() == Special.ORACLE) {
            int at = indexOf(text, '@', from, to);
            int end = at < 0 ? to : at;
            int slash = indexOf(text, '/', from, end);
            if (slash > from && SecretNames.isPart(text.charAt(from)) && text.charAt(from) != '.') {
                found.add(slash + 1, end);
                return;
            }
        }
        if (tool.special() == Special.MYSQL && text.startsWith("password", from) && to - from == 8) {
            // mysqladmin password x
            secretNext = true;
            return;
        }
        int name = to;
        while (name > from && text.charAt(name - 1) != '/') {
            name--;
        }
        if (to - name > LONGEST_TOOL) {
            return;
        }
        String program = text.substring(name, to).toLowerCase(Locale.ROOT);
        if (program.equals("aws_secret_access_key") || program.equals("aws_session_token")) {
            // aws configure set aws_secret_access_key x
            secretNext = true;
            return;
        }
        login |= program.equals("login");
        Tool named = program.startsWith("mysql") || program.startsWith("mariadb") ? MYSQL : TOOLS.get(program);
        tool = named == null ? tool : named;
    }
}
