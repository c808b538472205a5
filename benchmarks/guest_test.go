package main

import (
	"os"
	"testing"

	"kern.sys/internal/nstest"
)

// The test binary is also what workloads run in, as the program itself is.
func TestMain(m *testing.M) {
	if code, inside := runInside(); inside {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// TestWorkloadsOfFullKernels prints figures of what few machines' kernels have. Each contender has to do its work.
//
//	go run -C benchmarks kern.sys/internal/vmtest -kernel um -system sid -v -run FullKernels .
func TestWorkloadsOfFullKernels(t *testing.T) {
	nstest.NeedGuest(t, "flower and ESP")
	tools, err := prepareTools()
	if err != nil {
		t.Fatal(err)
	}
	defer tools.remove()
	if os.Getenv("KERN_FULL_KERNEL") == "um" {
		t.Setenv(warmEnv, "1")
	}
	report := newReport(3)
	for _, w := range []*workload{&filtersAddFlower, &filtersListFlower, &filtersAddU32, &filtersList, &statesAdd,
		&policiesAdd, &classesList} {
		o, err := runOutside(w, tools, "", report.Rounds, 20_000)
		if err != nil {
			t.Fatalf("%s: %v", w.name, err)
		}
		for _, r := range o.Rows {
			if r.Failed != "" {
				t.Errorf("%s: %s: %s", w.name, r.Contender, r.Failed)
			}
		}
		o.print(os.Stdout)
		report.Workloads = append(report.Workloads, *o)
	}
	report.print(os.Stdout, tools)
}
