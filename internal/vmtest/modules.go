package main

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path"
	"slices"
	"strings"

	"kern.sys/internal/debian"
	"kern.sys/internal/vmtest/wire"
)

// Modules that guests get, by prefix of the path: what networking is made of, without the drivers of devices that a
// virtual machine has not. What these need comes with them.
var (
	wantedModules = []string{
		"kernel/net/", "kernel/crypto/", "kernel/lib/", "kernel/security/", "kernel/drivers/net/", "kernel/drivers/virtio/",
		"kernel/drivers/char/virtio_console", "kernel/drivers/char/hw_random/virtio", "kernel/drivers/infiniband/core/",
		"kernel/drivers/infiniband/sw/",
		"kernel/drivers/infiniband/ulp/ipoib/", "kernel/drivers/vhost/", "kernel/drivers/vdpa/", "kernel/fs/overlayfs/",
		"kernel/fs/configfs/",
		"kernel/fs/9p/", "kernel/fs/fuse/", "kernel/drivers/dma-buf/", "kernel/drivers/block/loop",
		"kernel/drivers/connector/", "kernel/drivers/ptp/",
	}
	unwantedModules = []string{
		"kernel/drivers/net/arcnet/", "kernel/drivers/net/ethernet/", "kernel/drivers/net/fddi/",
		"kernel/drivers/net/hippi/", "kernel/drivers/net/mdio/",
		"kernel/drivers/net/pcs/", "kernel/drivers/net/phy/", "kernel/drivers/net/plip/", "kernel/drivers/net/usb/",
		"kernel/drivers/net/wireless/",
		"kernel/drivers/vdpa/mlx5/", "kernel/net/bluetooth/", "kernel/net/sunrpc/xprtrdma/",
	}
	wantedAnyway = []string{"mac80211_hwsim"}
)

func wanted(file string) bool {
	prefix := func(p string) bool { return strings.HasPrefix(file, p) }
	return slices.ContainsFunc(wantedModules, prefix) && !slices.ContainsFunc(unwantedModules, prefix) ||
		slices.Contains(wantedAnyway, wire.ModuleName(file))
}

// moduleTree holds the files of a kernel's module directory.
type moduleTree map[string][]byte

func (t moduleTree) add(name string, r io.Reader) error {
	b, err := io.ReadAll(r)
	t[name] = b
	return err
}

// write writes the wanted modules, uncompressed, and their index as an initramfs archive. depmod is not needed: the
// index is made from what the modules say about themselves.
func (t moduleTree) write(ctx context.Context, w io.Writer, dir string) error {
	byName := map[string]string{}
	var queue []string
	for _, file := range slices.Sorted(maps.Keys(t)) {
		if strings.Contains(path.Base(file), ".ko") {
			byName[wire.ModuleName(file)] = file
			if wanted(file) {
				queue = append(queue, file)
			}
		}
	}
	a := newArchive(w)
	var index wire.Modules
	for line := range strings.Lines(string(t["modules.builtin"])) {
		index.BuiltIn = append(index.BuiltIn, wire.ModuleName(strings.TrimSpace(line)))
	}
	done := map[string]bool{}
	for len(queue) > 0 {
		file := queue[0]
		queue = queue[1:]
		if done[file] {
			continue
		}
		done[file] = true
		image, err := decompress(ctx, file, t[file])
		if err != nil {
			return err
		}
		plain := file[:strings.Index(file, ".ko")] + ".ko"
		info, err := modinfo(image)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		m := wire.Module{Name: wire.ModuleName(file), Path: plain, Before: info.before}
		index.Modules = append(index.Modules, m)
		for _, alias := range info.aliases {
			index.Aliases = append(index.Aliases, wire.Alias{Pattern: alias, Module: m.Name})
		}
		index.Nodes = append(index.Nodes, info.nodes...)
		for _, before := range info.before {
			if f, ok := byName[before]; ok {
				queue = append(queue, f)
			}
		}
		a.file(path.Join(dir, plain), 0o644, image)
	}
	var text bytes.Buffer
	if err := index.Write(&text); err != nil {
		return err
	}
	a.file(path.Join(dir, wire.IndexName), 0o644, text.Bytes())
	for _, name := range []string{"modules.builtin", "config"} {
		a.file(path.Join(dir, name), 0o644, t[name])
	}
	return a.close()
}

// decompress returns a module as the kernel takes it.
func decompress(ctx context.Context, name string, b []byte) ([]byte, error) {
	var tool string
	switch path.Ext(name) {
	case ".ko":
		return b, nil
	case ".xz":
		tool = "xz"
	case ".zst":
		tool = "zstd"
	default:
		return nil, fmt.Errorf("%s: unknown compression", name)
	}
	cmd := exec.CommandContext(ctx, tool, "-dc")
	cmd.Stdin = bytes.NewReader(b)
	out, err := debian.Run(cmd)
	return []byte(out), err
}

// moduleInfo is what a module says about itself in its section .modinfo.
type moduleInfo struct {
	aliases []string
	nodes   []wire.Node
	before  []string // modules to load first: those with symbols that it uses, and those that it asks for
}

// modinfo returns what a module's file says.
func modinfo(image []byte) (moduleInfo, error) {
	f, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return moduleInfo{}, err
	}
	s := f.Section(".modinfo")
	if s == nil {
		return moduleInfo{}, errors.New("no section .modinfo")
	}
	b, err := s.Data()
	return parseModinfo(string(b)), err
}

// parseModinfo reads a section .modinfo: KEY=VALUE, each with a zero byte after it.
func parseModinfo(section string) moduleInfo {
	var info moduleInfo
	var node wire.Node
	for entry := range strings.SplitSeq(section, "\x00") {
		key, value, _ := strings.Cut(entry, "=")
		switch key {
		case "alias":
			if name, ok := strings.CutPrefix(value, "devname:"); ok {
				node.Name = name
			}
			if strings.HasPrefix(value, "char-major-") {
				// No error: a pattern for all minor numbers is not a node's.
				_, _ = fmt.Sscanf(value, "char-major-%d-%d", &node.Major, &node.Minor)
			}
			// Those of devices are for udev, which guests do not have. Types of sets have names like "hash:ip".
			if !strings.Contains(value, ":") || strings.HasPrefix(value, "ip_set_") {
				info.aliases = append(info.aliases, value)
			}
		case "depends":
			for name := range strings.SplitSeq(value, ",") {
				if name != "" {
					info.before = append(info.before, wire.ModuleName(name))
				}
			}
		case "softdep":
			info.before = append(info.before, softBefore(value)...)
		}
	}
	if node.Name != "" && node.Major != 0 {
		info.nodes = []wire.Node{node}
	}
	return info
}

// softBefore returns the modules after "pre:" in a soft dependency such as "pre: a b post: c".
func softBefore(value string) []string {
	var names []string
	pre := false
	for _, word := range strings.Fields(value) {
		if strings.HasSuffix(word, ":") {
			pre = word == "pre:"
		} else if pre {
			names = append(names, wire.ModuleName(word))
		}
	}
	return names
}
