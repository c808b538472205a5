package main

import "strings"

// module is a module to try, and what of it.
type module struct {
	Path, Version string
	Packages      []string // whose tests run; those that import netlink if nil
	Build         []string // what is built, if not all; without Packages those
	Prepare       []string // command that completes the source
	Flags         []string // of go test
	Script        string   // beside this file, that uses what is built; one more test
	Left          []left   // out
}

// left is what is not run, and why.
type left struct {
	Tests  string // as of go test -skip
	File   string // or directory of tests, removed
	Reason string
}

func (m module) build() []string {
	if m.Build != nil {
		return m.Build
	}
	return []string{"./..."}
}

func (m module) flags() []string {
	flags := m.Flags
	var skip []string
	for _, l := range m.Left {
		if l.Tests != "" {
			skip = append(skip, l.Tests)
		}
	}
	if skip != nil {
		flags = append(flags[:len(flags):len(flags)], "-skip="+strings.Join(skip, "|"))
	}
	return flags
}

var all = []string{"./..."}

// modules is the one list of what is tried.
var modules = []module{
	// The tests of the package that is replaced.
	{Path: "golang.org/x/sys", Version: "v0.49.0", Packages: []string{"./unix"}, Left: []left{
		{File: "unix/ifreq_linux_test.go", Reason: "is of that package, not of its users"},
		{File: "unix/syscall_internal_linux_test.go", Reason: "is of that package, not of its users"},
		{File: "unix/export_mremap_test.go", Reason: "is of that package, not of its users"},
		{File: "unix/mremap_test.go", Reason: "needs the file before"},
	}},

	// Container runtimes.
	{Path: "github.com/opencontainers/runc", Version: "v1.5.2", Packages: all, Script: "runc.sh", Left: []left{
		{File: "libcontainer/integration", Reason: "runs containers of images that it fetches"},
		{File: "libcontainer/nsenter/test", Reason: "is of symbolic links, which no module has"},
	}},
	{Path: "github.com/opencontainers/cgroups", Version: "v0.1.0", Packages: all},
	{Path: "github.com/opencontainers/selinux", Version: "v1.15.1", Packages: all},
	{Path: "github.com/cyphar/filepath-securejoin", Version: "v0.7.0", Packages: all, Flags: []string{"-short"}},
	{Path: "github.com/containerd/cgroups/v3", Version: "v3.1.3", Packages: all},
	{Path: "github.com/containerd/console", Version: "v1.0.5", Packages: all},
	{Path: "github.com/containerd/continuity", Version: "v0.5.0", Packages: all},
	{Path: "github.com/containerd/fifo", Version: "v1.1.0", Packages: all},
	{Path: "github.com/moby/sys/mount", Version: "v0.3.5", Packages: all},
	{Path: "github.com/moby/sys/mountinfo", Version: "v0.7.3", Packages: all},
	{Path: "github.com/moby/sys/signal", Version: "v0.7.1", Packages: all},
	{Path: "github.com/moby/sys/user", Version: "v0.5.0", Packages: all},
	{Path: "k8s.io/mount-utils", Version: "v0.37.2", Packages: all},

	// Networks.
	{Path: "github.com/containernetworking/plugins", Version: "v1.10.0", Packages: all},
	{Path: "github.com/moby/ipvs", Version: "v1.1.0", Packages: all},
	{Path: "github.com/flannel-io/flannel", Version: "v0.28.10"},
	{Path: "github.com/cloudnativelabs/kube-router/v2", Version: "v2.1.0"},
	{Path: "github.com/aws/amazon-vpc-cni-k8s", Version: "v1.23.2"},
	{Path: "github.com/containers/gvisor-tap-vsock", Version: "v0.8.9"},
	{Path: "github.com/cilium/cilium", Version: "v1.20.2"},
	{Path: "github.com/u-root/u-root", Version: "v0.16.0"},
	{Path: "github.com/moby/moby/v2", Version: "v2.0.0-beta.24"},
	{Path: "github.com/osrg/gobgp/v4", Version: "v4.8.0"},
	{Path: "github.com/containerd/containerd/v2", Version: "v2.4.2"},
	{Path: "github.com/moby/buildkit", Version: "v0.34.2"},
	{Path: "github.com/Microsoft/hcsshim", Version: "v0.15.0"},
	{Path: "github.com/projectcalico/calico", Version: "v0.0.0-20260822133320-87c15906f20c"},
	{Path: "istio.io/istio", Version: "v0.0.0-20260827124520-eed52ebb66ad"},
	{Path: "gvisor.dev/gvisor", Version: "v0.0.0-20260905035102-160fafc42237"},
	{Path: "tailscale.com", Version: "v1.102.5"},
	{Path: "k8s.io/kubernetes", Version: "v1.37.2", Prepare: []string{"sed", "-i", "-E",
		`s|=> \./staging/src/(\S+)|=> \1 v0.37.2|`, "go.mod"}}, // they are modules of their own
	{Path: "github.com/docker/docker", Version: "v28.5.2+incompatible",
		Prepare: []string{"sh", "-c", "cp vendor.mod go.mod && cp vendor.sum go.sum"}},
	{Path: "sigs.k8s.io/dranet", Version: "v0.0.0-20260821201537-f258477cbea0"},
	{Path: "github.com/kubeovn/kube-ovn", Version: "v0.0.0-20260822134915-1533681d7a6b"},
	{Path: "gopkg.in/k8snetworkplumbingwg/multus-cni.v4", Version: "v4.0.0-20260820133905-95a0932350f0"},
	{Path: "github.com/k8snetworkplumbingwg/sriov-cni", Version: "v0.0.0-20260718203529-1b7acc5bfc62"},
	{Path: "github.com/k8snetworkplumbingwg/sriov-network-operator", Version: "v0.0.0-20260806202448-249e20012faf"},
	{Path: "github.com/submariner-io/submariner", Version: "v0.0.0-20241018031457-5b70b1e43f8d"},
	{Path: "antrea.io/antrea/v2", Version: "v2.0.0-20260821101211-fc70f2bb7037"},
	{Path: "github.com/cilium/tetragon", Version: "v0.0.0-20260821172724-4fbfe2d74ecb"},
	{Path: "github.com/srl-labs/containerlab", Version: "v0.0.0-20260821161034-39ff2b7ccce2"},
	{Path: "github.com/daeuniverse/dae", Version: "v0.0.0-20260717073121-09c6c8cadda8"},
	{Path: "github.com/AliyunContainerService/terway", Version: "v0.0.0-20260723100655-89aadf8bbc19",
		// It takes a fork of 2022, which has other types.
		Prepare: []string{"go", "mod", "edit", "-dropreplace=github.com/vishvananda/netlink"}},
	{Path: "github.com/inspektor-gadget/inspektor-gadget", Version: "v0.0.0-20260821124838-aeac857bd979"},
	{Path: "github.com/netbirdio/netbird", Version: "v0.0.0-20260822190731-ee253feddfd0"},
	{Path: "github.com/lxc/incus/v7", Version: "v7.0.0-20260822193215-be7afc5df39f"},
	{Path: "github.com/kata-containers/kata-containers/src/runtime", Version: "v0.0.0-20260822080414-7c6ba40c54ea"},
	{Path: "github.com/ovn-kubernetes/ovn-kubernetes/go-controller", Version: "v0.0.0-20260821222112-8871cd9cec9c"},
	{Path: "kubevirt.io/kubevirt", Version: "v0.0.0-20260822103454-d923fdb815cd"},
	{Path: "github.com/gopacket/gopacket", Version: "v1.7.7"},
	{Path: "github.com/vishvananda/netlink", Version: "v1.3.1", Packages: all, Left: []left{
		{Tests: "^TestBridgeDefaultPVID$", Reason: "panics on a kernel without VLANs of bridges"},
	}},
	{Path: "github.com/vishvananda/netns", Version: "v0.0.5", Packages: all},
	{Path: "github.com/mdlayher/netlink", Version: "v1.11.2", Packages: all},
	{Path: "github.com/mdlayher/packet", Version: "v1.2.0", Packages: all},
	{Path: "github.com/mdlayher/socket", Version: "v0.8.0", Packages: all},
	{Path: "github.com/mdlayher/vsock", Version: "v1.4.0", Packages: all},
	{Path: "github.com/jsimonetti/rtnetlink/v2", Version: "v2.3.0", Packages: all},
	{Path: "github.com/google/nftables", Version: "v0.3.0", Packages: all},
	{Path: "golang.zx2c4.com/wireguard", Version: "v0.0.0-20260522210424-ecfc5a8d5446", Packages: all, Left: []left{
		{Tests: "^TestFormatting$", Reason: "wants imports in the order of their paths"},
	}},
	{Path: "golang.zx2c4.com/wireguard/wgctrl", Version: "v0.0.0-20241231184526-a9ab2273dd10", Packages: all},
	{Path: "github.com/insomniacslk/dhcp", Version: "v0.0.0-20260901064844-234b97448fae", Packages: all},
	{Path: "golang.org/x/net", Version: "v0.62.0",
		Packages: []string{"./icmp", "./ipv4", "./ipv6", "./internal/socket", "./bpf"}},

	// Watchers, file systems, programs about the system.
	{Path: "github.com/fsnotify/fsnotify", Version: "v1.10.1", Packages: all},
	{Path: "github.com/rjeczalik/notify", Version: "v0.9.3", Packages: all},
	{Path: "github.com/hanwen/go-fuse/v2", Version: "v2.12.1", Packages: all},
	{Path: "github.com/pkg/xattr", Version: "v0.4.12", Packages: all},
	{Path: "github.com/cilium/ebpf", Version: "v0.22.0", Packages: all},
	{Path: "github.com/landlock-lsm/go-landlock", Version: "v0.11.2", Packages: all},
	{Path: "github.com/prometheus/procfs", Version: "v0.23.0", Packages: []string{"."},
		Prepare: []string{"bash", "ttar", "-C", "testdata", "-x", "-f", "testdata/fixtures.ttar"}},
	{Path: "github.com/shirou/gopsutil/v4", Version: "v4.26.10", Packages: all},
	{Path: "github.com/tklauser/go-sysconf", Version: "v0.4.0", Packages: all},
	{Path: "golang.org/x/term", Version: "v0.48.0", Packages: all},
}
