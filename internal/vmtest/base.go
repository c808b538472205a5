package main

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"kern.sys/internal/debian"
)

// basePackages are the packages of Debian that tests in guests find, with all that they depend on.
var basePackages = []string{"iproute2", "dash", "coreutils", "util-linux", "mount", "netbase", "conntrack", "ipset",
	"nftables"}

// notInGuests are packages that others bring and that nothing there uses. The modprobe of kmod needs an index that
// guests lack.
var notInGuests = []string{"debconf", "gcc-14-base", "gcc-12-base", "perl-base", "libpam-runtime", "libpam-modules",
	"libdb5.3", "libdb5.3t64", "passwd", "init-system-helpers", "kmod"}

// alternatives are the symbolic links that packages make when they are configured, as far as tests use them.
var alternatives = []struct{ name, target string }{
	{"usr/bin/sh", "dash"}, {"usr/bin/awk", "mawk"}, {"usr/bin/nc", "nc.openbsd"},
	{"usr/bin/which", "which.debianutils"},
	{"usr/bin/traceroute", "traceroute.db"},
	{"usr/bin/traceroute6", "traceroute6.db"}, {"usr/sbin/iptables", "iptables-nft"},
	{"usr/sbin/iptables-save", "iptables-nft-save"}, {"usr/sbin/iptables-restore", "iptables-nft-restore"},
	{"usr/sbin/ip6tables", "ip6tables-nft"},
	{"usr/sbin/ip6tables-save", "ip6tables-nft-save"}, {"usr/sbin/ip6tables-restore", "ip6tables-nft-restore"},
	{"usr/sbin/ebtables", "ebtables-nft"}, {"usr/sbin/arptables", "arptables-nft"},
}

// merged are the directories that are symbolic links into /usr.
var merged = []string{"bin", "sbin", "lib", "lib64", "lib32", "libx32"}

// base returns an initramfs archive with a minimal system of the suite, and further packages.
func base(ctx context.Context, s *debian.Suite, cache string, further []string) (string, error) {
	debs, err := s.FetchAll(ctx, slices.Concat(basePackages, further)...)
	if err != nil {
		return "", fmt.Errorf("system of %s %s: %w", s.Name, s.Arch, err)
	}
	sum := sha256.New()
	fmt.Fprintln(sum, cacheFormat, "1", alternatives, strings.Join(debs, " "))
	file := filepath.Join(cache, "base", fmt.Sprintf("%s-%s-%x.cpio", s.Name, s.Arch, sum.Sum(nil)[:8]))
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(filepath.Dir(file), "base-")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name()) // after the rename there is nothing to remove
	if err := errors.Join(writeBase(ctx, f, debs), f.Close()); err != nil {
		return "", fmt.Errorf("system of %s %s: %w", s.Name, s.Arch, err)
	}
	return file, os.Rename(f.Name(), file)
}

func writeBase(ctx context.Context, w io.Writer, debs []string) error {
	a := newArchive(w)
	for _, d := range merged {
		a.dir("usr/"+d, 0o755)
		a.symlink(d, "usr/"+d)
		a.dirs[d] = true
	}
	a.charDevice("dev/console", 0o600, 5, 1)
	a.file("etc/passwd", 0o644, []byte("root:x:0:0:root:/root:/bin/sh\ntcpdump:x:100:100:tcpdump:/:/bin/false\n"+
		"nobody:x:65534:65534:nobody:/:/bin/false\n")) // tcpdump runs as its user
	a.file("etc/group", 0o644, []byte("root:x:0:\ntcpdump:x:100:\nnogroup:x:65534:\n"))
	a.file("etc/hosts", 0o644, []byte("127.0.0.1 localhost\n::1 localhost\n"))
	a.dir("root", 0o700)
	a.symlink("var/run", "/run")
	a.symlink("usr/sbin/modprobe", "/init")
	added := map[string]bool{}
	for _, deb := range debs {
		if name, _, _ := strings.Cut(filepath.Base(deb), "_"); slices.Contains(notInGuests, name) {
			continue
		}
		err := debian.ReadDeb(ctx, deb, func(h *tar.Header, r io.Reader) error {
			name := inUsr(clean(h.Name))
			if !useful(name) {
				return nil
			}
			switch h.Typeflag {
			case tar.TypeReg:
				a.stream(name, h.FileInfo().Mode(), h.Size, r)
			case tar.TypeSymlink:
				a.symlink(name, h.Linkname)
			case tar.TypeLink:
				a.symlink(name, "/"+inUsr(clean(h.Linkname)))
			}
			added[name] = true
			return a.err
		})
		if err != nil {
			return err
		}
	}
	for _, l := range alternatives {
		if !added[l.name] && added[path.Join(path.Dir(l.name), l.target)] {
			a.symlink(l.name, l.target)
		}
	}
	return a.close()
}

// inUsr returns a name without the symbolic links of merged.
func inUsr(name string) string {
	if top, _, _ := strings.Cut(name, "/"); slices.Contains(merged, top) {
		return path.Join("usr", name)
	}
	return name
}

// useful reports whether programs need a file when they run.
func useful(name string) bool {
	for _, p := range []string{"usr/share/", "usr/lib/systemd/", "var/"} {
		if strings.HasPrefix(name, p) && !strings.HasPrefix(name, "usr/share/iproute2/") {
			return false
		}
	}
	return !strings.Contains(name, "/gconv/") && !slices.Contains(merged, name)
}
