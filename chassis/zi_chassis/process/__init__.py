"""A process by itself: logs, metrics, traces, tasks that live as long, reasons of not being ready."""
