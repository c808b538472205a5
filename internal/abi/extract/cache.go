package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// unitCache keeps what units said, as compiling all of them takes minutes and most have not changed since the last
// time.
type unitCache struct {
	dir  string
	salt string // what else than the unit's text results depend on: this program, and the compiler
}

func newUnitCache(cache, clang string) (*unitCache, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	sums := ""
	for _, file := range []string{self, clang} {
		sum, err := fileSum(file)
		if err != nil {
			return nil, err
		}
		sums += sum
	}
	c := &unitCache{filepath.Join(cache, "units"), sums}
	return c, os.MkdirAll(c.dir, 0o777)
}

// key returns the name of a unit's results. dirs whose names change from run to run are in args and in the text, in
// line markers, by the name that headers are included by.
func (c *unitCache) key(args []string, h *header, prologue, text string) string {
	sum := sha256.New()
	fmt.Fprintln(sum, c.salt, h.name, h.parts)
	for _, a := range args {
		if strings.HasPrefix(a, os.TempDir()) {
			text = strings.ReplaceAll(text, a, "TEMP")
			a = "TEMP"
		}
		fmt.Fprintln(sum, a)
	}
	fmt.Fprintln(sum, prologue)
	fmt.Fprintln(sum, text)
	return hex.EncodeToString(sum.Sum(nil))
}

// load returns what a unit said, nil if that is not known.
func (c *unitCache) load(key string) *unit {
	b, err := os.ReadFile(filepath.Join(c.dir, key))
	if err != nil {
		return nil
	}
	u := &unit{}
	if err := gob.NewDecoder(bytes.NewReader(b)).Decode(u); err != nil {
		return nil
	}
	return u
}

func (c *unitCache) store(key string, u *unit) error {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(u); err != nil {
		return err
	}
	// Written aside and renamed, so that a file of that name is always whole.
	f, err := os.CreateTemp(c.dir, "new-")
	if err != nil {
		return err
	}
	_, err = f.Write(b.Bytes())
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(c.dir, key))
}
