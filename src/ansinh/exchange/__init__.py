"""Node-to-node sync, insurance claims, referral documents, imports. Reserved: placed now, built by later issues."""
