package org.postmem.tools;

/**
 * A line of {@code df -i}: files of a file system, however small; in a tmpfs each takes memory of the kernel.
 *
 * @param device what stands for it, {@code tmpfs} mostly
 * @param fstype {@code null} without {@code -T}
 * @param inodes {@code null} where the file system has no fixed number of them
 */
public record FileSystemInodes(
        String device, String fstype, String mountPoint, Long inodes, Long usedInodes, Long freeInodes) {}
