package mktakers

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

func TestTakers(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.go": `package unix
func Path(path string) error { return nil }
func None(n int) int { return n }
func hidden(path string) {}
func (s set) Method(path string) {}
func Pointer(p *int) {}
func Array(a [2]int) {}
func Dup(oldfd, newfd int) error { return nil }
func Rest(names ...string) {}
func To(to Sockaddr) {}
`,
		"b_netbsd.go":        "package unix\nfunc NetBSD(b []byte) {}\n",
		"c_netbsd_arm.go":    "package unix\nfunc OnArm(b []byte) {}\n",
		"d_linux.go":         "package unix\nfunc Linux(b []byte) {}\n",
		"zerrors.go":         "not Go",
		"e_test.go":          "not Go",
		"zsyscall_netbsd.go": "package unix\nfunc Old(path string) {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	netbsd, _ := abi.FindSystem("netbsd")
	linux, _ := abi.FindSystem("linux")
	illumos, _ := abi.FindSystem("illumos")
	out, err := Generate(dir, []abi.System{linux, netbsd, illumos}, map[string][]byte{
		"unix/zsyscall_netbsd.go": []byte("package unix\nfunc Fsync(fd int) {}\n"), "unix/z.s": []byte("TEXT"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if files := slices.Collect(maps.Keys(out)); len(files) != 1 || files[0] != "ztakers_netbsd_test.go" {
		t.Fatalf("files are %v", files)
	}
	text := string(out["ztakers_netbsd_test.go"])
	_, table, _ := strings.Cut(strings.Join(strings.Fields(text), " "), "taker{ ")
	const want = `"Dup": {unix.Dup, "oldfd newfd"}, "Fsync": {unix.Fsync, "fd"}, "NetBSD": {unix.NetBSD, "b"}, ` +
		`"Path": {unix.Path, "path"}, "Rest": {unix.Rest, "names"}, "To": {unix.To, "to"}, }`
	if table != want {
		t.Errorf("the table is\n%s\nwant\n%s", table, want)
	}
	if _, err := Generate(dir, []abi.System{netbsd}, map[string][]byte{"z.go": []byte("package")}); err == nil {
		t.Error("a file that is no Go is taken")
	}
}
