package org.postmem.architecture;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a compiled class says about itself (JVM specification, chapter 4): its name, the classes and methods its constant
 * pool names, the fields it declares. Class names are with dots.
 *
 * @param classes every class named, also those that only stand in a descriptor, a signature or an annotation
 * @param calls methods called, {@code java.lang.Runtime.exec}
 * @param staticState static fields that are not final
 */
record ClassFile(String name, SortedSet<String> classes, SortedSet<String> calls, List<String> staticState) {
    private static final int MAGIC = 0xCAFEBABE;
    private static final int SYNTHETIC = 0x1000;
    private static final Pattern IN_DESCRIPTOR = Pattern.compile("L([A-Za-z_][\\w$]*(?:/[\\w$]+)+)[;<]");

    static ClassFile of(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String packageName() {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    String simpleName() {
        return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
    }

    private static ClassFile read(DataInputStream in) throws IOException {
        if (in.readInt() != MAGIC) {
            throw new IOException("not a class file");
        }
        in.readInt(); // minor and major version
        int count = in.readUnsignedShort();
        String[] texts = new String[count];
        int[] classNames = new int[count];
        int[] methodOwners = new int[count];
        int[] nameAndTypes = new int[count];
        int[] names = new int[count];
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> texts[i] = in.readUTF();
                case 7 -> classNames[i] = in.readUnsignedShort();
                case 10, 11 -> {
                    methodOwners[i] = in.readUnsignedShort();
                    nameAndTypes[i] = in.readUnsignedShort();
                }
                case 12 -> {
                    names[i] = in.readUnsignedShort();
                    in.readUnsignedShort();
                }
                case 5, 6 -> {
                    in.readLong();
                    i++; // long and double take two places
                }
                case 3, 4, 9, 17, 18 -> in.readInt();
                case 8, 16, 19, 20 -> in.readUnsignedShort();
                case 15 -> in.skipBytes(3);
                default -> throw new IOException("constant of unknown tag " + tag);
            }
        }
        in.readUnsignedShort(); // access flags
        String name = texts[classNames[in.readUnsignedShort()]].replace('/', '.');
        in.readUnsignedShort(); // superclass, a constant like the others
        in.skipNBytes(2L * in.readUnsignedShort());

        List<String> staticState = new ArrayList<>();
        for (int fields = in.readUnsignedShort(); fields > 0; fields--) {
            int access = in.readUnsignedShort();
            String field = texts[in.readUnsignedShort()];
            in.readUnsignedShort();
            for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
                in.readUnsignedShort();
                in.skipNBytes(in.readInt());
            }
            if (Modifier.isStatic(access) && !Modifier.isFinal(access) && (access & SYNTHETIC) == 0) {
                staticState.add(name + "." + field);
            }
        }

        SortedSet<String> classes = new TreeSet<>();
        SortedSet<String> calls = new TreeSet<>();
        for (int i = 1; i < count; i++) {
            if (classNames[i] != 0) {
                String referenced = texts[classNames[i]];
                if (!referenced.startsWith("[")) {
                    classes.add(referenced.replace('/', '.'));
                }
            }
            if (texts[i] != null) {
                Matcher matcher = IN_DESCRIPTOR.matcher(texts[i]);
                while (matcher.find()) {
                    classes.add(matcher.group(1).replace('/', '.'));
                }
            }
            if (methodOwners[i] != 0) {
                String owner = texts[classNames[methodOwners[i]]].replace('/', '.');
                calls.add(owner + "." + texts[names[nameAndTypes[i]]]);
            }
        }
        return new ClassFile(name, classes, calls, staticState);
    }
}
