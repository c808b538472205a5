package main

import (
	"slices"
	"strings"
	"testing"
)

func TestPartsOfAnImage(t *testing.T) {
	const depends = "dracut | initramfs-tools (>= 0.120+deb8u2) | linux-initramfs-tool, linux-base-7.3.4+deb13-amd64 " +
		"(= 7.3.4-1~bpo13+1), linux-binary-7.3.4+deb13-amd64 (= 7.3.4-1~bpo13+1), linux-modules-7.3.4+deb13-amd64 (= " +
		"7.3.4-1~bpo13+1)"
	want := []string{"linux-base-7.3.4+deb13-amd64", "linux-binary-7.3.4+deb13-amd64", "linux-modules-7.3.4+deb13-amd64"}
	if got := partPattern.FindAllString(depends, -1); !slices.Equal(got, want) {
		t.Errorf("parts are %q", got)
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
