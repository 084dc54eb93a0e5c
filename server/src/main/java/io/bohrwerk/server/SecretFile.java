package io.bohrwerk.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Set;

/** A file that is a secret only while no other user can read or write it. */
public final class SecretFile {
    private static final Set<PosixFilePermission> OWNERS = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private SecretFile() {}

    /** @throws IOException when another user may have read or written it, with what to do */
    public static void check(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + " is no regular file: put the token itself there");
        }
        UserPrincipal owner = Files.getOwner(file, LinkOption.NOFOLLOW_LINKS);
        if (!owner.equals(thisUser())) {
            throw new IOException(file + " belongs to " + owner + ", who can change it, and this process runs as "
                    + thisUser() + ": delete it to have a new token created");
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
        if (!OWNERS.containsAll(permissions)) {
            throw new IOException("others can read or write " + file + " (" + PosixFilePermissions.toString(permissions)
                    + "), so its token is not secret: delete it to have a new one created");
        }
    }

    static UserPrincipal thisUser() throws IOException {
        return Files.getOwner(Path.of("/proc/self"));
    }
}
