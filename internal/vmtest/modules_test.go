package main

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"kern.sys/internal/vmtest/wire"
)

// The sections are those of Debian's modules of Linux 6.1, with | for the zero bytes.
func TestParseModinfo(t *testing.T) {
	for _, c := range []struct {
		section string
		want    moduleInfo
	}{
		{
			"alias=rtnl-link-vxlan|description=Driver for VXLAN encapsulated traffic|author=Stephen Hemminger " +
				"<stephen@networkplumber.org>|version=0.1|license=GPL|depends=udp_tunnel,ip6_udp_tunnel|retpoline=Y|intree=Y|na" +
				"me=vxlan|",
			moduleInfo{aliases: []string{"rtnl-link-vxlan"}, before: []string{"udp_tunnel", "ip6_udp_tunnel"}},
		},
		{
			"alias=devname:net/tun|alias=char-major-10-200|license=GPL|description=Universal TUN/TAP device " +
				"driver|depends=|name=tun|",
			moduleInfo{aliases: []string{"char-major-10-200"}, nodes: []wire.Node{{Name: "net/tun", Major: 10, Minor: 200}}},
		},
		{"alias=pci:v00001AF4d*sv*sd*bc*sc*i*|softdep=pre: crc32c nf-log-syslog post: mpls_gso|depends=a-b|",
			moduleInfo{before: []string{"crc32c", "nf_log_syslog", "a_b"}}},
		{"", moduleInfo{}},
	} {
		if got := parseModinfo(strings.ReplaceAll(c.section, "|", "\x00")); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%.40s: %+v", c.section, got)
		}
	}
}

func TestWantedModules(t *testing.T) {
	for file, want := range map[string]bool{
		"kernel/drivers/net/vxlan/vxlan.ko":                     true,
		"kernel/drivers/net/wireguard/wireguard.ko.xz":          true,
		"kernel/net/sched/sch_fq.ko.zst":                        true,
		"kernel/drivers/net/ethernet/intel/e1000e/e1000e.ko":    false,
		"kernel/drivers/net/wireless/mac80211_hwsim.ko.xz":      true,
		"kernel/drivers/net/wireless/virtual/mac80211_hwsim.ko": true,
		"kernel/drivers/net/wireless/intel/iwlwifi/iwlwifi.ko":  false,
		"kernel/drivers/gpu/drm/drm.ko":                         false,
		"kernel/drivers/infiniband/sw/rxe/rdma_rxe.ko":          true,
	} {
		if wanted(file) != want {
			t.Errorf("%s: %v", file, !want)
		}
	}
}

func TestModuleOfUnknownCompression(t *testing.T) {
	if b, err := decompress(context.Background(), "a.ko", []byte("x")); err != nil || string(b) != "x" {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := decompress(context.Background(), "a.ko.lz4", nil); err == nil {
		t.Error("lz4 was read")
	}
}
