package debian

import (
	"slices"
	"testing"
)

func TestParseMirror(t *testing.T) {
	for _, c := range []struct {
		name, targets string
		want          Mirror
	}{
		{"as apt of Debian 12 prints it", "https://other/packages/ nodistro \nhttp://mirror/debian/ bookworm " +
			"$(SIGNED_BY)\nhttp://mirror/debian/ bookworm-updates $(SIGNED_BY)\n",
			Mirror{"http://mirror/debian/", "/usr/share/keyrings/debian-archive-keyring.gpg"}},
		{"signed by a file", "http://mirror/debian/ stable /etc/apt/keys.gpg\n",
			Mirror{"http://mirror/debian/", "/etc/apt/keys.gpg"}},
		{"none", "http://mirror/ubuntu/ noble /usr/share/keyrings/x.gpg\n", Mirror{}},
	} {
		got, err := parseMirror(c.targets)
		if got != c.want || (err == nil) != (c.want.uri != "") {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

// What "apt-cache show" says of a kernel.
const imagePackage = `Package: linux-image-7.3.4+deb13-amd64
Source: linux-signed-amd64 (7.3.4+1~bpo13+1)
Version: 7.3.4-1~bpo13+1
Installed-Size: 15
Maintainer: Debian Kernel Team <debian-kernel@lists.debian.org>
Architecture: amd64
Depends: dracut | initramfs-tools (>= 0.120+deb8u2) | linux-initramfs-tool, linux-base-7.3.4+deb13-amd64 (= 7.3.4-1~bpo13+1), linux-binary-7.3.4+deb13-amd64 (= 7.3.4-1~bpo13+1), linux-modules-7.3.4+deb13-amd64 (= 7.3.4-1~bpo13+1)
Pre-Depends: linux-base (>= 4.17~)
Description: Linux 7.3.4 for 64-bit PCs
Homepage: https://www.kernel.org/
Size: 1900

`

func TestParseFields(t *testing.T) {
	fields := parseFields(imagePackage)
	for k, want := range map[string]string{
		"Package": "linux-image-7.3.4+deb13-amd64", "Version": "7.3.4-1~bpo13+1", "Homepage": "https://www.kernel.org/",
	} {
		if fields[k] != want {
			t.Errorf("%s: %q", k, fields[k])
		}
	}
}

func TestParseURIs(t *testing.T) {
	got := parseURIs("Reading package lists...\n'http://mirror/debian/pool/main/d/dash/dash_0.5.12-2_amd64.deb' "+
		"dash_0.5.12-2_amd64.deb 97212 SHA256:aa\n"+
		"'http://mirror/debian/pool/main/n/netbase/netbase_6.4_all.deb' netbase_6.4_all.deb 12816 SHA256:bb\n", "/c")
	if !slices.Equal(got, []string{"/c/dash_0.5.12-2_amd64.deb", "/c/netbase_6.4_all.deb"}) {
		t.Errorf("got %q", got)
	}
}
