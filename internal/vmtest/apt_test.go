package main

import (
	"slices"
	"strings"
	"testing"
)

func TestParseMirror(t *testing.T) {
	for _, c := range []struct {
		name, targets string
		want          mirror
	}{
		{"as apt of Debian 12 prints it", "https://other/packages/ nodistro \nhttp://mirror/debian/ bookworm $(SIGNED_BY)\nhttp://mirror/debian/ bookworm-updates $(SIGNED_BY)\n",
			mirror{"http://mirror/debian/", "/usr/share/keyrings/debian-archive-keyring.gpg"}},
		{"signed by a file", "http://mirror/debian/ stable /etc/apt/keys.gpg\n", mirror{"http://mirror/debian/", "/etc/apt/keys.gpg"}},
		{"none", "http://mirror/ubuntu/ noble /usr/share/keyrings/x.gpg\n", mirror{}},
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
	want := []string{"linux-base-7.3.4+deb13-amd64", "linux-binary-7.3.4+deb13-amd64", "linux-modules-7.3.4+deb13-amd64"}
	if got := partPattern.FindAllString(fields["Depends"], -1); !slices.Equal(got, want) {
		t.Errorf("parts are %q", got)
	}
}

func TestParseURIs(t *testing.T) {
	got := parseURIs("Reading package lists...\n'http://mirror/debian/pool/main/d/dash/dash_0.5.12-2_amd64.deb' dash_0.5.12-2_amd64.deb 97212 SHA256:aa\n"+
		"'http://mirror/debian/pool/main/n/netbase/netbase_6.4_all.deb' netbase_6.4_all.deb 12816 SHA256:bb\n", "/c")
	if !slices.Equal(got, []string{"/c/dash_0.5.12-2_amd64.deb", "/c/netbase_6.4_all.deb"}) {
		t.Errorf("got %q", got)
	}
}

func TestMatchingReleases(t *testing.T) {
	const names = `linux-image-6.1.0-50-amd64
linux-image-6.1.0-9-amd64
linux-image-6.1.0-51-cloud-amd64
linux-image-6.1.0-51-rt-amd64-dbg
linux-image-6.1.0-51-amd64-unsigned
linux-image-6.12.107+deb13-amd64
linux-image-6.12.117+deb13-amd64
linux-image-6.12.118+deb13-arm64
linux-image-amd64
`
	for _, c := range []struct{ spec, arch, want string }{
		{"6.1", "amd64", "6.1.0-50-amd64 6.1.0-9-amd64"},
		{"6.12", "amd64", "6.12.117+deb13-amd64 6.12.107+deb13-amd64"},
		{"latest", "amd64", "6.12.117+deb13-amd64 6.12.107+deb13-amd64 6.1.0-50-amd64 6.1.0-9-amd64"},
		{"latest", "arm64", "6.12.118+deb13-arm64"},
		{"6.1", "arm64", ""},
		{"6", "amd64", ""},
	} {
		if got := matchingReleases(names, c.spec, c.arch); !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s %s: %q, want %q", c.spec, c.arch, got, c.want)
		}
	}
}
