// Package hangs is a package whose test stops the guest's first process.
package hangs

import (
	"os"
	"testing"
)

func TestHang(t *testing.T) {
	if os.Getenv("KERN_FULL_KERNEL") == "" {
		t.Skip("not in a guest")
	}
	const group = "/sys/fs/cgroup/hangs"
	if err := os.Mkdir(group, 0o755); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{"cgroup.procs": "1", "cgroup.freeze": "1"} {
		if err := os.WriteFile(group+"/"+file, []byte(text), 0); err != nil {
			t.Fatal(err)
		}
	}
	select {}
}
