package ip

import (
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// needFamily skips a test where the kernel lacks the family that a command speaks to.
func needFamily(t *testing.T, feature string, args ...string) {
	t.Helper()
	if r := clitest.IP(t, args...); r.Code != 0 {
		nstest.Need(t, feature, "", clitest.Refusal(r.Err))
	}
}

func TestSegmentRoutingIsShownAndMadeAsByIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		for _, line := range []string{
			"sr", "sr help", "sr foo", "sr hmac", "sr hmac foo", "sr hmac set", "sr hmac set 0 sha1", "sr hmac set x sha1",
			"sr hmac set 1 md5", "sr tunsrc", "sr tunsrc foo",
			"sr tunsrc set", "sr tunsrc set 10.0.0.1",
		} {
			clitest.CompareRun(t, "", clitest.Words(t, line)...)
		}
		needFamily(t, "segment routing (CONFIG_IPV6_SEG6_LWTUNNEL)", "sr", "tunsrc", "show")
		for i, set := range []string{"sr tunsrc set fd00::1", "s tu se fd00::2", "sr tunsrc set any"} {
			if i%2 == 0 {
				clitest.SetUp(t, set)
			} else {
				clitest.SetUpByKern(t, set)
			}
			for _, line := range []string{"sr tunsrc show", "sr t sh"} {
				clitest.CompareShow(t, clitest.Words(t, line)...)
			}
		}
		needFamily(t, "HMACs of segment routing (CONFIG_IPV6_SEG6_HMAC)", "sr", "hmac", "show")
		clitest.CompareShow(t, "sr", "hmac", "show")
		if r := clitest.KernIn("a secret\n", "sr", "hmac", "set", "7", "sha256"); r.Code != 0 {
			nstest.Need(t, "HMACs of segment routing (CONFIG_IPV6_SEG6_HMAC)", "", clitest.Refusal(r.Err))
		}
		if r := clitest.IPIn(t, "other\n", "sr", "hmac", "set", "8", "sha1"); r.Code != 0 {
			t.Errorf("ip: %v", r)
		}
		clitest.CompareShow(t, "sr", "hmac", "show")
		clitest.CompareRun(t, "\n", "sr", "hmac", "set", "9", "sha1")
	})
}

func TestIOAMIsShownAndMadeAsByIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		for _, line := range []string{
			"ioam", "ioam help", "ioam foo", "ioam namespace", "ioam namespace foo", "ioam namespace add",
			"ioam namespace add 70000", "ioam namespace add 1 foo",
			"ioam namespace add 1 data", "ioam namespace add 1 data x", "ioam namespace add 1 data 1 foo",
			"ioam namespace add 1 wide zz", "ioam namespace set 1",
			"ioam namespace set 1 foo", "ioam namespace set 1 schema x", "ioam schema add", "ioam schema add x y",
			"ioam schema add 1", "ioam sch show", "ioam namespace del x",
		} {
			clitest.CompareRun(t, "", clitest.Words(t, line)...)
		}
		needFamily(t, "IOAM", "ioam", "namespace", "show")
		sets := []string{
			"ioam namespace add 1", "ioam namespace add 2 data 0xdeadbeef", "ioam namespace add 3 wide 1234567890abcdef",
			"ioam namespace add 4 data 5 wide 0xff",
			"ioam schema add 7 hello", "ioam schema add 8 schemas", "ioam namespace set 2 schema 7",
			"ioam namespace set 3 schema 8", "ioam namespace set 3 schema none",
			"ioam namespace del 1", "ioam schema del 8",
		}
		for i, set := range sets {
			if i%2 == 0 {
				clitest.SetUp(t, set)
			} else {
				clitest.SetUpByKern(t, set)
			}
		}
		clitest.CompareShow(t, "ioam", "namespace", "show")
		// ip's JSON of a schema has a null, and members without a name.
		a, b := clitest.IP(t, "ioam", "schema", "show"), clitest.Kern("ioam", "schema", "show")
		if a != b || b.Out == "" {
			t.Errorf("ip   %v\nkern %v", a, b)
		}
		clitest.CompareRun(t, "", "ioam", "namespace", "add", "2")
		clitest.CompareRun(t, "", "ioam", "namespace", "del", "9")
	})
}

const macsecKey = "key 01 0123456789abcdef0123456789abcdef"

func TestMacsecIsShownAndMadeAsByIP(t *testing.T) {
	clitest.NeedIP(t)
	nstest.Do(t, func() {
		clitest.SetUp(t, "link add va address "+macA+" type veth peer name vb",
			"link add link va sec type macsec port 11 encrypt on")
		clitest.SetUp(t, "link add link va wide address 02:00:00:00:00:77 type macsec port 12 cipher gcm-aes-xpn-128 "+
			"replay on window 5")
		xpn := "9000000000"
		if !clitest.SameWords() { // 6.1 shows 32 bits of it
			xpn = "9000"
		}
		sets := []string{
			"macsec add sec tx sa 0 pn 100 on " + macsecKey, "macsec add sec tx sa 1 pn 7 " + macsecKey,
			"macsec set sec tx sa 1 pn 9 on",
			"macsec add sec rx port 11 address 02:00:00:00:00:0f", "macsec add sec rx sci 0200000000010001 off",
			"macsec set sec rx sci 0200000000010001 on",
			"macsec add sec rx port 11 address 02:00:00:00:00:0f sa 2 pn 1 on " + macsecKey,
			"macsec set sec rx port 11 address 02:00:00:00:00:0f sa 2 pn 3 off",
			"macsec add wide tx sa 0 xpn " + xpn + " salt 000102030405060708090a0b ssci 1 on " + macsecKey,
			"macsec offload sec off",
			"macsec add sec tx sa 3 pn 1 " + macsecKey, "macsec del sec tx sa 3", "macsec add sec rx sci 5",
			"macsec del sec rx sci 5",
		}
		for i, set := range sets {
			if i%2 == 0 {
				clitest.SetUp(t, set)
			} else {
				clitest.SetUpByKern(t, set)
			}
			for _, line := range []string{"macsec show", "-s macsec show sec", "macsec show wide"} {
				clitest.CompareShow(t, clitest.Words(t, line)...)
			}
		}
		for _, line := range []string{
			"macsec", "macsec help", "macsec foo", "macsec show foo", "macsec show sec foo", "macsec add", "macsec add foo",
			"macsec add sec", "macsec add sec foo",
			"macsec add sec tx", "macsec add sec tx sa 4", "macsec add sec tx sa 2", "macsec add sec tx sa 2 pn 0",
			"macsec add sec tx sa 2 " + macsecKey,
			"macsec add sec tx sa 0 pn 1 " + macsecKey, "macsec set sec tx sa 0 " + macsecKey, "macsec add sec rx",
			"macsec add sec rx foo", "macsec add sec rx port 0",
			"macsec add sec rx sci x", "macsec add sec rx sci 9 on on", "macsec del sec rx sci 99", "macsec offload sec foo",
			"macsec offload sec",
			"macsec add sec tx sa 2 pn 1 pn 2", "macsec add sec tx sa 2 key zz 00",
			"macsec add sec tx sa 2 key 00", "macsec add sec tx sa 2 salt x",
			"macsec add sec tx sa 2 ssci x",
		} {
			clitest.CompareRun(t, "", clitest.Words(t, line)...)
		}
	})
}

// ip shows a key that it cannot read.
func TestMacsecErrorsHaveNoKeys(t *testing.T) {
	nstest.Do(t, func() {
		for _, line := range []string{"macsec add sec tx sa 0 pn 1 key 01 deadbeefcafez",
			"macsec add sec tx sa 0 pn 1 key 01 " +
				strings.Repeat("deadbeefcafe", 99)} {
			r := clitest.Kern(clitest.Words(t, line)...)
			if r.Code == 0 || strings.Contains(r.Out+r.Err, "deadbeef") {
				t.Errorf("%s: %v", line, r)
			}
		}
	})
}
