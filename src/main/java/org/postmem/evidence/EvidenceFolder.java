package org.postmem.evidence;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What lies below a folder of this machine, and what of it is no file that could be evidence. */
public final class EvidenceFolder {
    private static final int DEEPEST_FOLDER = 64;

    private static final Set<String> KERNEL_FILE_SYSTEMS = Set.of("proc", "sysfs");
    private static final String RUNNING_KERNEL =
            "these are files of the kernel that runs here, and no copies; postmem collect reads them";

    private EvidenceFolder() {}

    /**
     * The files below a folder by name, without hidden ones; links are not followed. A folder below it that cannot be
     * listed is found in their place, and refused when it is to be read.
     */
    public static List<EvidenceFiles.Named> below(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        if (isOfRunningKernel(folder)) {
            throw new FileSystemException(folder.toString(), null, RUNNING_KERNEL);
        }
        // no link is followed unless asked for
        Files.walkFileTree(folder, Set.of(), DEEPEST_FOLDER, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                if (hidden(folder, path)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                if ((path.endsWith("proc") || path.endsWith("sys")) && isOfRunningKernel(path)) {
                    found.add(path);
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                // a folder comes here where the walk goes no deeper
                if (!hidden(folder, path) && (attributes.isRegularFile() || attributes.isDirectory())) {
                    found.add(path);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
                if (path.equals(folder)) {
                    throw e;
                }
                if (!hidden(folder, path)) {
                    found.add(path);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found.stream()
                .sorted()
                .map(path ->
                        new EvidenceFiles.Named(path, folder.relativize(path).toString()))
                .toList();
    }

    /** Files are read more than once; whoever opens a pipe may wait for ever. */
    static String notAFile(Path path) {
        if (!Files.isDirectory(path)) {
            return "it is a pipe or a device; save what it gives in a file and name that";
        }
        if (isOfRunningKernel(path)) {
            return RUNNING_KERNEL;
        }
        return Files.isReadable(path) && Files.isExecutable(path)
                ? "it is a folder, more than " + DEEPEST_FOLDER + " below the one that was named"
                : "the folder cannot be listed: permission denied";
    }

    /** Some of these files wait for ever, others have no end. */
    private static boolean isOfRunningKernel(Path folder) {
        try {
            return KERNEL_FILE_SYSTEMS.contains(Files.getFileStore(folder).type());
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean hidden(Path folder, Path path) {
        return !path.equals(folder) && path.getFileName().toString().startsWith(".");
    }
}
