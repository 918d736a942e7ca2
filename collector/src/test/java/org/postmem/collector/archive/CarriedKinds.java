package org.postmem.collector.archive;

import java.util.List;

/** Lets tests of what is collected ask what thinning carries. */
public final class CarriedKinds {
    private CarriedKinds() {}

    /** Is an entry of this name taken for one that is stored on change? */
    public static boolean isOnChange(String entry) {
        return CarriedTexts.isOnChange(CarriedTexts.kind(entry));
    }

    /** Beginnings of the names of such entries. */
    public static List<String> onChange() {
        return CarriedTexts.ON_CHANGE;
    }
}
