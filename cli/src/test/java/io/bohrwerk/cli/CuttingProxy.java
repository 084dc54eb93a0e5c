package io.bohrwerk.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/** A bad line to a server on this host: it passes bytes on, and goes dead once so many have gone up a connection, the first few times. */
final class CuttingProxy implements Closeable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int server;
    private final long bytes;
    private final int mostCuts;
    private final AtomicInteger cuts = new AtomicInteger();

    CuttingProxy(URI server, long bytes, int mostCuts) throws IOException {
        this.server = server.getPort();
        this.bytes = bytes;
        this.mostCuts = mostCuts;
        daemon(() -> {
            while (true) {
                Socket client = listening.accept();
                Socket there = new Socket(InetAddress.getLoopbackAddress(), this.server);
                daemon(() -> pass(client, there, true));
                daemon(() -> pass(there, client, false));
            }
        });
    }

    URI url() {
        return URI.create("http://localhost:" + listening.getLocalPort());
    }

    int cuts() {
        return cuts.get();
    }

    private void pass(Socket from, Socket to, boolean up) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16 << 10];
            long passed = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                passed += read;
                if (up && passed > bytes && cuts.get() < mostCuts) {
                    cuts.incrementAndGet();
                    return;
                }
            }
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void daemon(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException e) {
                // One of the ends has hung up, which is what this is for.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
