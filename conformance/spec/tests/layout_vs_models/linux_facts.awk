# SPDX-License-Identifier: BSD-2-Clause
# From headers of the Linux kernel: macros, the structures of entries, and the functions that set their fields. Everything else of
# the headers needs a kernel around it.

FNR == 1 { collecting = macro = 0 }

macro { print; macro = /\\$/; next }
/^#[ \t]*define[ \t]/ && !/_H$/ { print; macro = /\\$/; next }

!collecting && /^struct (context_entry|pasid_entry|pasid_dir_entry|irte) \{/ { collecting = "struct"; text = "" }
!collecting && /^static inline/ { collecting = "function"; text = "" }

collecting {
    text = text $0 "\n"
    if (collecting == "struct" ? /^\};/ : /^\}/) {
        if (collecting == "struct" || text ~ /[ \n*](pasid_(set|get|clear)_[a-z0-9_]*|context_(set|clear)_[a-z0-9_]*|context_domain_id)\(/)
            if (text !~ /phys_to_virt|test_bit|set_bit\(|clear_bit\(/)
                printf "%s", text
        collecting = 0
    }
}
