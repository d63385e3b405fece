cpdef int require_plain(object value, str name) except -1
