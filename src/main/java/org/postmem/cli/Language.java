package org.postmem.cli;

import java.util.Locale;

/** Languages there are texts in. */
enum Language {
    EN,
    ZH;

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
