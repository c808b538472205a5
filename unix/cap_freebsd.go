package unix

import (
	"fmt"
	"math/bits"
)

// Rights of capability mode; see rights(4). A right has 57 bits for what it allows, above them 5 of which one says in
// which word of CapRights it belongs, and in the two topmost the version, 0. The topmost bits of the first word say
// how many words there are beyond two.
const (
	capIndexShift   = 57
	capIndexBits    = 1<<5 - 1
	capVersionShift = 62
	capWords        = CAP_RIGHTS_VERSION_00 + 2
)

// capWord returns the word of a right.
func capWord(right uint64) (int, error) {
	if v := right >> capVersionShift; v != CAP_RIGHTS_VERSION_00 {
		return 0, fmt.Errorf("right %#x is of version %d", right, v)
	}
	index := uint(right>>capIndexShift) & capIndexBits
	if bits.OnesCount(index) != 1 {
		return 0, fmt.Errorf("right %#x is of %d words", right, bits.OnesCount(index))
	}
	word := bits.TrailingZeros(index)
	if word >= capWords {
		return 0, fmt.Errorf("right %#x is of word %d, there are %d", right, word, capWords)
	}
	return word, nil
}

// capEach calls fn for the word of each right.
func capEach(rights *CapRights, list []uint64, fn func(word *uint64, right uint64)) error {
	if n := rights.Rights[0]>>capVersionShift + 2; n != capWords {
		return fmt.Errorf("rights of %d words, not %d", n, capWords)
	}
	for _, right := range list {
		i, err := capWord(right)
		if err != nil {
			return err
		}
		if has := rights.Rights[i] >> capIndexShift & capIndexBits; has != 1<<i {
			return fmt.Errorf("word %d of the rights is that of %#x", i, has)
		}
		fn(&rights.Rights[i], right)
	}
	return nil
}

// CapRightsInit returns rights, CAP_*; see cap_rights_init(3) for this and the next three.
func CapRightsInit(rights []uint64) (*CapRights, error) {
	r := &CapRights{}
	for i := range capWords {
		r.Rights[i] = 1 << (capIndexShift + i)
	}
	r.Rights[0] |= CAP_RIGHTS_VERSION_00 << capVersionShift
	if err := CapRightsSet(r, rights); err != nil {
		return nil, err
	}
	return r, nil
}

// CapRightsSet adds rights.
func CapRightsSet(rights *CapRights, setrights []uint64) error {
	return capEach(rights, setrights, func(word *uint64, right uint64) { *word |= right })
}

// CapRightsClear takes rights away.
func CapRightsClear(rights *CapRights, clearrights []uint64) error {
	return capEach(rights, clearrights, func(word *uint64, right uint64) { *word &^= right & (1<<capIndexShift - 1) })
}

// CapRightsIsSet reports whether all of some rights are there.
func CapRightsIsSet(rights *CapRights, setrights []uint64) (bool, error) {
	all := true
	err := capEach(rights, setrights, func(word *uint64, right uint64) { all = all && *word&right == right })
	return all && err == nil, err
}

// CapRightsLimit is cap_rights_limit(2): fd has no other rights from now on.
func CapRightsLimit(fd uintptr, rights *CapRights) error { return capRightsLimit(int(fd), rights) }

// CapRightsGet is cap_rights_get(2): the rights that fd has.
func CapRightsGet(fd uintptr) (*CapRights, error) {
	r, err := CapRightsInit(nil)
	if err != nil {
		return nil, err
	}
	if err := capRightsGet(CAP_RIGHTS_VERSION_00, int(fd), r); err != nil {
		return nil, err
	}
	return r, nil
}
