"""Names of the fields that the service stores in the vault: free text of its people."""

NOTE, VISIT_NOTE, PRODUCT_NAME = "note", "visit.note", "product.name"
CAUSE, CORRECTION, PLAN = "action.cause", "action.correction", "action.plan"
NICKNAME = "nickname"
COMPOSITION, PACK = "product.composition", "product.pack"
