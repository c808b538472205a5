package unix

import "unsafe"

// LandlockABI returns the version of landlock that the kernel has; see landlock(7). ENOSYS says that it is not built
// in, EOPNOTSUPP that it is off.
func LandlockABI() (version int, err error) {
	return landlockCreateRuleset(nil, 0, LANDLOCK_CREATE_RULESET_VERSION)
}

// LandlockCreateRuleset is landlock_create_ruleset(2), Linux 5.13: a descriptor of a set of rules that handles the
// accesses that attr names. Close releases it. Fields that an older kernel has not must be 0 there.
func LandlockCreateRuleset(attr *LandlockRulesetAttr, flags uint) (fd int, err error) {
	return landlockCreateRuleset(attr, unsafe.Sizeof(*attr), flags)
}

// LandlockAddPathBeneath is landlock_add_rule(2) with LANDLOCK_RULE_PATH_BENEATH: it allows accesses to a file or
// to all beneath a directory.
func LandlockAddPathBeneath(ruleset int, attr *LandlockPathBeneathAttr, flags uint) error {
	return landlockAddRule(ruleset, LANDLOCK_RULE_PATH_BENEATH, unsafe.Pointer(attr), flags)
}
