package main

import "testing"

func TestOnlyLate(t *testing.T) {
	const late = "fuzz: elapsed: 3m45s, execs: 980033 (0/sec), new interesting: 147 (total: 156)\n" +
		"--- FAIL: FuzzRouteDecode (225.13s)\n    context deadline exceeded\nFAIL\nexit status 1\n"
	const found = "--- FAIL: FuzzX (0.03s)\n    --- FAIL: FuzzX (0.00s)\n        x_test.go:9: context deadline " +
		"exceeded\n" +
		"    Failing input written to testdata/fuzz/FuzzX/2f1\nFAIL\n"
	if !onlyLate(late) {
		t.Error("a run that only ended late counts as a finding")
	}
	if onlyLate(found) || onlyLate(late+found) || onlyLate("panic: boom\n") {
		t.Error("a finding counts as none")
	}
}
