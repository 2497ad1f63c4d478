"""Moving many items: exports, imports, copies, comparisons; in constant memory, and going on after any interruption."""
