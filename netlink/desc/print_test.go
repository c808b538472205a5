package desc

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"testing"
)

// object prints one of everything.
func object(p *Printer) {
	p.Array("")
	p.Object("")
	p.Uint("uint", "uint %d ", 1<<63)
	p.Int("int", "int %d ", -1)
	p.Str("str", "str %s ", "a \"b\" \\ \n\t\x01é\xff")
	p.Bool("yes", "yes ", true)
	p.Bool("no", "no ", false)
	p.OnOff("on", "on %s ", true)
	p.OnOff("off", "off %s ", false)
	p.Null("null", "none ")
	p.Hex("hex", "hex %#x ", 31)
	p.Float("float", "float %.2f ", 1.5)
	p.Str("silent", "", "x")
	p.Text("only text ")
	p.Array("array")
	p.Str("", "%s ", "a")
	p.Str("", "%s ", "b")
	p.EndArray()
	p.Array("empty")
	p.EndArray()
	p.Object("object")
	p.NL()
	p.ColorStr(Ifname, "name", "%s: ", "lo")
	p.EndObject()
	p.Object("nothing")
	p.EndObject()
	p.EndObject()
	p.Object("")
	p.EndObject()
	p.EndArray()
	p.Raw("\n")
}

func TestOneCallServesTextAndJSON(t *testing.T) {
	const str = "a \"b\" \\ \n\t\x01é\xff"
	text := "uint 9223372036854775808 int -1 str " + str + " yes on on off off none hex 0x1f float 1.50 only text a b "
	const oneLine = `[{"uint":9223372036854775808,"int":-1,"str":"a \"b\" \\ \n\t\u0001é` + "\ufffd" +
		`","yes":true,"no":false,"on":true,` +
		`"off":false,"null":null,"hex":"0x1f","float":1.5,"silent":"x","array":["a","b"],"empty":[],"object":{"name":"lo"},"nothing":{}},{}]` + "\n"
	const pretty = `[ {
        "uint": 9223372036854775808,
        "int": -1,
        "str": "a \"b\" \\ \n\t\u0001é` + "\ufffd" + `",
        "yes": true,
        "no": false,
        "on": true,
        "off": false,
        "null": null,
        "hex": "0x1f",
        "float": 1.5,
        "silent": "x",
        "array": [ "a","b" ],
        "empty": [ ],
        "object": {
            "name": "lo"
        },
        "nothing": {}
    },{} ]
`
	for _, c := range []struct {
		name string
		p    Printer
		want string
	}{
		{"text", Printer{}, text + "\nlo: \n"},
		{"one line", Printer{Oneline: true}, text + "\\lo: \n"},
		{"colours", Printer{Palette: LightPalette}, text + "\n\x1b[36mlo: \x1b[0m\n"},
		{"JSON", Printer{JSON: true, Palette: DarkPalette}, oneLine},
		{"pretty JSON", Printer{JSON: true, Pretty: true}, pretty},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.p.Reset()
			object(&c.p)
			if got := string(c.p.Bytes()); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if c.p.JSON && !json.Valid(c.p.Bytes()) {
				t.Error("no JSON")
			}
		})
	}
}

func TestDrainGoesOnWhereItWas(t *testing.T) {
	p := Printer{JSON: true}
	p.Reset()
	var w bytes.Buffer
	p.Array("")
	for i := range 3 {
		p.Uint("", "", uint64(i))
		if err := p.Drain(&w); err != nil || len(p.Bytes()) != 0 {
			t.Fatal(err)
		}
	}
	p.EndArray()
	if err := p.Drain(&w); err != nil || w.String() != "[0,1,2]" {
		t.Errorf("%q, %v", w.String(), err)
	}
}

func TestAddrText(t *testing.T) {
	for in, want := range map[string]string{
		"1.2.3.4":            "1.2.3.4",
		"::":                 "::",
		"::1":                "::1",
		"::ffff":             "::ffff",
		"::1:0":              "::0.1.0.0",
		"::102:304":          "::1.2.3.4",
		"::ffff:1.2.3.4":     "::ffff:1.2.3.4",
		"fd00::1:0:0:1":      "fd00::1:0:0:1",
		"1:0:0:2:0:0:0:3":    "1:0:0:2::3",
		"2001:db8:0:1:1::1":  "2001:db8:0:1:1::1",
		"64:ff9b::192.0.2.1": "64:ff9b::c000:201",
	} {
		if got := AddrText(netip.MustParseAddr(in)); got != want {
			t.Errorf("AddrText(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestNumbersWithoutANameArePrinted(t *testing.T) {
	names := []string{1: "one"}
	p := Printer{}
	p.Reset()
	p.Str("", "%s ", NumberName(names, 1))
	p.Str("", "%s ", NumberName(names, 0))
	p.Str("", "%s ", NumberName(names, 77))
	p.Rest("flags", 0)
	p.Rest("flags", 0x10)
	if got, want := string(p.Bytes()), "one 0 77 flags 0x10 "; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
