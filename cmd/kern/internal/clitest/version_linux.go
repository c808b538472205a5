package clitest

import (
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// version is that of iproute2, of which only the first two numbers matter.
type version struct{ major, minor int }

// What this module's programs print follows the newest version of iproute2,
// and is compared with that word for word. With that of Debian 12 it is
// compared without the known differences (see [Common]); with versions in
// between what they say as JSON is compared, and whether they succeed.
var (
	newest = version{7, 3}
	oldest = version{6, 1}
)

// installed is the version of the ip to compare with.
var installed = sync.OnceValue(func() (v version) {
	out, err := exec.Command("ip", "-V").Output()
	if err == nil {
		_, _ = fmt.Sscanf(string(out), "ip utility, iproute2-%d.%d", &v.major, &v.minor) // else it is none that is known
	}
	return v
})

// SameWords reports whether ip has the words and the form of output that this
// module's programs have.
func SameWords() bool { return !installed().before(newest) }

// OldWords reports whether ip is of the oldest version.
func OldWords() bool { return installed() == oldest }

func (v version) before(w version) bool {
	return v.major < w.major || v.major == w.major && v.minor < w.minor
}

// ours are JSON keys of what no version of ip shows.
var ours = []string{
	"mrp_ring_open", "mrp_in_open", "mcast_eht_hosts_limit", "mcast_eht_hosts_cnt", "mcast_n_groups", "mcast_max_groups",
}

// ourText is the same in text.
var ourText = regexp.MustCompile(`\b(` + strings.Join(ours, "|") + `) \S+ `)

// newer are JSON keys of what the newest version shows and older ones do not.
var newer = []string{
	"fdb_n_learned", "fdb_max_learned", "mst_enabled", "mdb_offload_fail_notification", "fdb_local_vlan_0", "stp_mode",
	"mab", "neigh_vlan_suppress", "gso_ipv4_max_size", "gro_ipv4_max_size", "localbypass", "mcroute", "reserved_bits",
	"bcast_flood_cutoff", "bclim", "sport_mask", "dport_mask", "netns-immutable", "dscp", "dscp_mask", "flowlabel",
	"flowlabel_mask",
	"pd-max", "cq-max", "qp-max", "cm_id-max", "mr-max", "ctx-max", "srq-max", "tun_id", "extern_valid", "msti",
	"mcast_querier_state_ipv4", "mcast_querier_state_ipv6", "neigh_forward_grat", "backup_nhid",
}

// isNewer reports whether a JSON member is of the newer ones, and ip an older
// version.
func isNewer(key string, value any) bool {
	if SameWords() {
		return false
	}
	protocol, _ := value.(string)
	ofAddress := strings.HasPrefix(protocol, "kernel_") || strings.HasPrefix(protocol, "0x") || protocol == "unspec"
	return slices.Contains(newer, key) || key == "protocol" && ofAddress
}

// colours are the colours of text, which older versions chose differently.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// differs are the texts that older versions have in another form, or not at
// all, and what is compared in their place.
var differs = []struct {
	text *regexp.Regexp
	with string
}{
	{colours, ""},
	{regexp.MustCompile(`(?m)^.* inet6? +mcast .*\n( +valid_lft .*\n)?`), ""},
	{regexp.MustCompile(`(?m)^.*inet6? +any .*\n( +valid_lft .*\n)?`), ""},
	{regexp.MustCompile(`proto (kernel_(lo|ra|ll)|unspec|0x[0-9a-f]+) |g[sr]o_ipv4_max_size [0-9]+ |netns-immutable |extern_valid |msti [0-9]+ |(neigh_vlan_suppress|neigh_forward_grat|mab) (on|off) |backup_nhid [0-9]+ `), ""},
	{regexp.MustCompile(`is a garbage`), "is garbage"},
	{regexp.MustCompile(`invalid port range( start| end)?|invalid port\b`), "invalid port"},
	{regexp.MustCompile(`\n\n`), "\n"},
	{regexp.MustCompile(`Error: argument ".*" is required\n`), ""},
	{regexp.MustCompile(` +`), " "},
	{regexp.MustCompile(`(?m)(^dev .* (?:proto \w+|group/remote)) $`), "$1"},
}

// Common returns text without the known differences between the versions.
func Common(text string) string {
	text = ourText.ReplaceAllString(text, "")
	if SameWords() {
		return text
	}
	for _, d := range differs {
		text = d.text.ReplaceAllString(text, d.with)
	}
	return text
}

// common is a result without the known differences.
func common(r Result) Result {
	r.Out, r.Err = Common(r.Out), Common(r.Err)
	return r
}
