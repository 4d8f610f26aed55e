//go:build unix

package main

import (
	"os"
	"os/signal"
	"slices"
	"syscall"
	"testing"
	"time"
)

// TestSignals: a hangup interrupts, and a signal that is ignored stays so.
func TestSignals(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) || signal.Ignored(os.Interrupt) {
		t.Skip("SKIPPED: this test was started with signals ignored")
	}
	if got := interrupts(); !slices.Equal(got, []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}) {
		t.Errorf("%v", got)
	}
	inner, stop := (&tool{ctx: t.Context()}).interruptible()
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	select {
	case <-inner.ctx.Done():
	case <-time.After(10 * time.Second):
		t.Error("a hangup was not heard")
	}
	stop()

	all := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
	signal.Ignore(all[1:]...)
	defer signal.Reset(all...)
	if got := interrupts(); !slices.Equal(got, all[:1]) {
		t.Errorf("%v", got)
	}
	signal.Ignore(all[0])
	inner, stop = (&tool{ctx: t.Context()}).interruptible()
	for _, s := range all {
		if err := syscall.Kill(os.Getpid(), s.(syscall.Signal)); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(20 * time.Millisecond)
	if inner.ctx.Err() != nil {
		t.Error("a signal that is ignored was heard")
	}
	if stop(); inner.ctx.Err() == nil {
		t.Error("stop does not end the context")
	}
}
