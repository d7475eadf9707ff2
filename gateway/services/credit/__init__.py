"""Credit asked for by USSD, read and watched; and USSD by hand."""
