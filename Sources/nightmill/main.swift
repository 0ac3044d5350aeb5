print("nightmill")
