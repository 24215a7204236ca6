"""Money that is owed: who pays, charges, credit notes, what the ledger reads."""
