package ip

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// TestWhatFamiliesDoNotKnowIsPrinted shows objects of generic netlink and of IPsec with an attribute of a newer
// kernel.
func TestWhatFamiliesDoNotKnowIsPrinted(t *testing.T) {
	nest := binary.NativeEndian.AppendUint16(binary.NativeEndian.AppendUint16(nil, 6), unknownType)
	nest = append(nest, 0xab, 0xcd, 0, 0)
	attrs := desc.Attrs{unknownType: {0xab, 0xcd}}
	for name, show := range map[string]func(c *cli.Command){
		"fou":            func(c *cli.Command) { showFou(c, attrs) },
		"ila":            func(c *cli.Command) { showILA(c.Out, attrs) },
		"l2tp tunnel":    func(c *cli.Command) { showL2TPTunnel(c.Out, attrs) },
		"l2tp session":   func(c *cli.Command) { showL2TPSession(c.Out, attrs) },
		"sr hmac":        func(c *cli.Command) { showHMAC(c.Out, attrs) },
		"ioam namespace": func(c *cli.Command) { c.Out.Object(""); showIOAMNamespace(c.Out, attrs); c.Out.EndObject() },
		"ioam schema":    func(c *cli.Command) { c.Out.Object(""); showIOAMSchema(c.Out, attrs); c.Out.EndObject() },
		"ioam trace":     func(c *cli.Command) { showIOAMTrace(c.Out, attrs) },
		"mptcp endpoint": func(c *cli.Command) { showEndpoint(c.Out, attrs) },
		"tcp_metrics":    func(c *cli.Command) { showTCPMetric(c.Out, attrs, false) },
		"tcp_metrics values": func(c *cli.Command) {
			showTCPMetric(c.Out, desc.Attrs{uapi.TCP_METRICS_ATTR_VALS: nest}, false)
		},
		"mptcp limits": func(c *cli.Command) { showLimits(c.Out, attrs) },
		"mptcp event": func(c *cli.Command) {
			c.Out.Object("")
			showMPTCPEvent(c.Out, uapi.MPTCP_EVENT_CLOSED, attrs)
			c.Out.EndObject()
		},
		"mptcp event without a name": func(c *cli.Command) {
			c.Out.Object("")
			showMPTCPEvent(c.Out, 99, attrs)
			c.Out.EndObject()
		},
		"macsec":      func(c *cli.Command) { showMacsec(c, attrs) },
		"macsec secy": func(c *cli.Command) { showMacsec(c, desc.Attrs{uapi.MACSEC_ATTR_SECY: nest}) },
		"macsec rx":   func(c *cli.Command) { showMacsecRxSC(c, attrs, false) },
		"xfrm": func(c *cli.Command) {
			newXfrmPrinter(c, false).attrs("\t", attrs, uapi.AF_INET, false)
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, js := range []bool{false, true} {
				var out bytes.Buffer
				c := offline(&out, func(o *cli.Options) { o.JSON = js })
				show(c)
				if err := c.Flush(); err != nil {
					t.Fatal(err)
				}
				want := "attr 999 0xabcd"
				if js && name != "xfrm" { // which is text always, as with ip
					want = `"unknown":[{"attr":999,"data":"abcd"}]`
					if !json.Valid(out.Bytes()) {
						t.Errorf("no JSON: %s", out.String())
					}
				}
				if !strings.Contains(out.String(), want) {
					t.Errorf("JSON %v: %q lacks %s", js, out.String(), want)
				}
			}
		})
	}
	t.Run("xfrm without keys", func(t *testing.T) {
		var out bytes.Buffer
		c := offline(&out, func(*cli.Options) {})
		newXfrmPrinter(c, true).attrs("\t", attrs, uapi.AF_INET, false)
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "abcd") || !strings.Contains(out.String(), "attr 999") {
			t.Errorf("%q", out.String())
		}
	})
}
