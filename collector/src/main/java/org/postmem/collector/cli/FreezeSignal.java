package org.postmem.collector.cli;

import java.lang.reflect.Proxy;

/**
 * SIGUSR1 freezes by hand. The JDK has no supported way to hear a signal; {@code sun.misc.Signal} of module jdk.unsupported
 * is asked for by name, so that a runtime without it collects all the same.
 */
final class FreezeSignal {
    private FreezeSignal() {}

    /**
     * Hears the signal from now on.
     *
     * @return null, or why it cannot be heard
     */
    static String hear(Runnable freeze) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(
                    FreezeSignal.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" -> freeze.run();
                            case "hashCode" -> {
                                return System.identityHashCode(proxy);
                            }
                            case "equals" -> {
                                return proxy == arguments[0];
                            }
                            default -> {
                                return "SIGUSR1";
                            }
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("USR1"), ours);
            return null;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return cause.getClass().getSimpleName() + ": " + cause.getMessage();
        }
    }
}
